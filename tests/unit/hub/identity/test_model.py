"""Who may do what, where: deny by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import ForbiddenError, NotFoundError, RequestError
from dokuei.hub.identity.model import (
    ROLE_PERMISSIONS,
    SCOPE_PERMISSIONS,
    SYSTEM,
    Grant,
    Permission,
    Person,
    Role,
    Scope,
    checked_person,
    principal_of_person,
    principal_of_token,
    user_name_as_typed,
)

SITES = frozenset({"kita", "minami", "nishi"})


grants = st.lists(st.builds(Grant, st.sampled_from(Role), st.sampled_from([None, *sorted(SITES), "gone"])), max_size=5)


@given(grants)
def test_a_permission_at_a_site_comes_from_a_role_held_there_or_in_the_centre_and_from_nothing_else(
    held: list[Grant],
) -> None:
    """AUTH-13: deny by default."""
    who = principal_of_person(person_id="p", display_name="人", grants=held, known_site_ids=SITES, session_id="s")
    for site_id in (*SITES, "gone", "unknown"):
        for permission in Permission:
            wanted = site_id in SITES and any(
                permission in ROLE_PERMISSIONS[grant.role] and grant.site_id in {None, site_id} for grant in held
            )
            assert who.may(permission, site_id) is wanted
    for permission in Permission:
        assert who.sites_with(permission) == {site for site in SITES if who.may(permission, site)}
        in_centre = any(permission in ROLE_PERMISSIONS[g.role] and g.site_id is None for g in held)
        assert (permission in who.centre_permissions) is in_centre


def test_every_role_and_scope_has_its_permissions_written_down() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(SCOPE_PERMISSIONS) == set(Scope)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.READER])
def test_only_a_reader_may_sign(role: Role) -> None:
    """REC-01: finalising needs the finaliser's right; a resident or clerk enters only."""
    assert Permission.SIGN_REPORT not in ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_only_an_auditor_may_read_the_audit_trail(role: Role) -> None:
    """LOG-03: only the auditor role can read it."""
    assert Permission.READ_AUDIT not in ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MAINTAINER, Role.AUDITOR])
def test_who_looks_after_the_system_sees_no_patient(role: Role) -> None:
    patient_data = {
        Permission.READ_IMAGES,
        Permission.READ_WORKLIST,
        Permission.READ_REPORT,
        Permission.WRITE_REPORT,
        Permission.SIGN_REPORT,
    }
    assert not ROLE_PERMISSIONS[role] & patient_data


def test_a_foreign_site_looks_like_an_unknown_one_and_a_missing_right_does_not() -> None:
    who = principal_of_person(
        person_id="p", display_name="", grants=[Grant(Role.CLERK, "kita")], known_site_ids=SITES, session_id="s"
    )
    with pytest.raises(NotFoundError) as foreign:
        who.demand(Permission.READ_WORKLIST, "minami")
    with pytest.raises(NotFoundError) as unknown:
        who.demand(Permission.READ_WORKLIST, "nowhere")
    assert foreign.value.problem() == unknown.value.problem()
    with pytest.raises(ForbiddenError):
        who.demand(Permission.SIGN_REPORT, "kita")
    who.demand(Permission.READ_WORKLIST, "kita")


def test_a_token_opens_its_site_for_its_scope_only() -> None:
    token = principal_of_token(token_id="t", label="OHIF", scope=Scope.DICOMWEB_READ, site_ids=frozenset({"kita"}))
    assert token.may(Permission.READ_IMAGES, "kita")
    assert not token.may(Permission.STORE_IMAGES, "kita")
    assert not token.may(Permission.READ_IMAGES, "minami")
    assert token.person_id is None


def test_the_system_itself_may_nothing_over_http() -> None:
    assert not SYSTEM.permissions
    assert not SYSTEM.site_ids


@pytest.mark.parametrize("name", ["shared", "guest", "common01", "group-2", "kyoyu"])
def test_an_account_that_several_would_share_cannot_be_made(name: str) -> None:
    """AUTH-01: one account is one individual."""
    with pytest.raises(RequestError, match="several"):
        checked_person(Person("p", name, "共用"))


@pytest.mark.parametrize(
    "person",
    [
        Person("p", "a", "一文字"),
        Person("p", "A.B", "大文字"),
        Person("p", "a b", "空白"),
        Person("p", "<script>", "悪意"),
        Person("p", "good.name", "  "),
    ],
)
def test_an_account_that_names_nobody_is_refused(person: Person) -> None:
    with pytest.raises(RequestError):
        checked_person(person)


def test_what_is_typed_at_sign_in_has_one_spelling() -> None:
    assert user_name_as_typed(" Ｙamada.Ａ ") == "yamada.a"
    assert checked_person(Person("p", user_name_as_typed("Yamada.A"), "山田")).user_name == "yamada.a"
