"""What can be done to people and their logins."""

from accounts.operations.add_person import add_person
from accounts.operations.bind_session import bind_session
from accounts.operations.change_person import PersonChanges, change_person
from accounts.operations.check_pin import check_pin
from accounts.operations.check_second_factor import check_second_factor
from accounts.operations.claim_answer import claim_answer
from accounts.operations.create_key import KeyTerms, create_key
from accounts.operations.decide_document import decide_document, read_document
from accounts.operations.decide_role import approve_role, reject_role
from accounts.operations.define_role import define_role
from accounts.operations.end_families import (
    end_families_of,
    end_families_of_sessions,
    end_family,
)
from accounts.operations.end_logins import end_logins
from accounts.operations.erase_person import destroy_due_keys, erase_person
from accounts.operations.export_data import export_data
from accounts.operations.keep_answer import keep_answer
from accounts.operations.know_device import forget_devices, know_device, see_device
from accounts.operations.log_out_everywhere import log_out_everywhere
from accounts.operations.note_change import note_change
from accounts.operations.propose_role import propose_role
from accounts.operations.prune_answers import prune_answers
from accounts.operations.prune_logins import prune_logins
from accounts.operations.redeem_login_code import redeem_login_code
from accounts.operations.release_answer import release_answer
from accounts.operations.remove_pin import remove_pin
from accounts.operations.revoke_key import revoke_key
from accounts.operations.roll_over_key import roll_over_key
from accounts.operations.rotate_field_keys import Rotation, rotate_field_keys
from accounts.operations.rotate_refresh_token import PresentedToken, rotate_refresh_token
from accounts.operations.seal_factor import open_factor, seal_factor
from accounts.operations.send_login_code import open_login_code, renew_login_code
from accounts.operations.set_password import set_password
from accounts.operations.set_pin import set_pin
from accounts.operations.shut_out import shut_out
from accounts.operations.sign_up import rehearse_sign_up, sign_up
from accounts.operations.start_family import FAMILY_LIFE, start_family
from accounts.operations.submit_document import LARGEST_BYTES, submit_document
from accounts.operations.take_try import forgive_tries, give_back_try, take_try
from accounts.operations.update_profile import update_profile

__all__ = [
    "FAMILY_LIFE",
    "LARGEST_BYTES",
    "KeyTerms",
    "PersonChanges",
    "PresentedToken",
    "Rotation",
    "add_person",
    "approve_role",
    "bind_session",
    "change_person",
    "check_pin",
    "check_second_factor",
    "claim_answer",
    "create_key",
    "decide_document",
    "define_role",
    "destroy_due_keys",
    "end_families_of",
    "end_families_of_sessions",
    "end_family",
    "end_logins",
    "erase_person",
    "export_data",
    "forget_devices",
    "forgive_tries",
    "give_back_try",
    "keep_answer",
    "know_device",
    "log_out_everywhere",
    "note_change",
    "open_factor",
    "open_login_code",
    "propose_role",
    "prune_answers",
    "prune_logins",
    "read_document",
    "redeem_login_code",
    "rehearse_sign_up",
    "reject_role",
    "release_answer",
    "remove_pin",
    "renew_login_code",
    "revoke_key",
    "roll_over_key",
    "rotate_field_keys",
    "rotate_refresh_token",
    "seal_factor",
    "see_device",
    "set_password",
    "set_pin",
    "shut_out",
    "sign_up",
    "start_family",
    "submit_document",
    "take_try",
    "update_profile",
]
