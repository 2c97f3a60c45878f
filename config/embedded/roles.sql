-- The two logins of an installation and the group that carries the application's rights.
-- Run once by a database superuser, connected to the application's database.
-- psql variables: owner_password, app_password.
CREATE ROLE purser_app NOLOGIN;
CREATE ROLE purser_owner LOGIN CREATEDB PASSWORD :'owner_password' IN ROLE purser_app;
CREATE ROLE purser LOGIN PASSWORD :'app_password' IN ROLE purser_app;
