import pytest
from allauth.account.models import EmailAddress

from accounts.errors import EmailTaken, PersonNotFound
from accounts.models import User
from accounts.operations import add_person, sign_up, update_profile
from accounts.tests.factories import person
from events.models import Event

pytestmark = pytest.mark.django_db


def test_a_person_is_added_with_a_verified_address_and_an_event() -> None:
    bob = add_person(email=" Bob@Example.com ", password="demo-Pass-2468", role="staff", kyc_tier=1)

    assert (bob.email, bob.role.name, bob.kyc_tier) == ("bob@example.com", "staff", 1)
    assert bob.check_password("demo-Pass-2468")
    assert EmailAddress.objects.get(user=bob).verified
    assert Event.objects.get(owner_id=bob.id).type == "user.added"


def test_without_a_password_nobody_can_log_in() -> None:
    assert not person().has_usable_password()


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@EXAMPLE.COM"])
def test_an_address_belongs_to_one_person(email: str) -> None:
    person("bob@example.com")

    with pytest.raises(EmailTaken):
        add_person(email=email, password=None)
    with pytest.raises(EmailTaken):
        sign_up(email=email, password="demo-Pass-2468")

    assert User.objects.filter(email="bob@example.com").count() == 1


def test_a_profile_that_does_not_change_makes_no_event() -> None:
    bob = person()
    update_profile(user_id=bob.id, name="Bob")

    update_profile(user_id=bob.id, name="Bob")
    update_profile(user_id=bob.id)

    events = Event.objects.filter(owner_id=bob.id, type="user.profile_changed")
    assert events.count() == 1


def test_an_event_of_a_profile_does_not_repeat_personal_data() -> None:
    bob = person()

    update_profile(user_id=bob.id, phone="+2348012345678")

    event = Event.objects.get(owner_id=bob.id, type="user.profile_changed")
    assert event.data == {"fields": ["phone"]}


def test_nobody_has_no_profile() -> None:
    with pytest.raises(PersonNotFound):
        update_profile(user_id=User().id, name="Ghost")
