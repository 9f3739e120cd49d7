"""The authority signs exactly what WIRE.md allows, for as long as it says."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from agent.wire.topics import new_kiosk_id, new_server_id
from server.adapters.authority import (
    BACK_DATED,
    Authority,
    AuthorityBrokenError,
    Identity,
    NameNotSignedError,
    revoked_serials,
    serial_of,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def test_a_kiosk_is_named_by_its_certificate_and_may_be_a_client_only() -> None:
    kiosk = new_kiosk_id()
    signed = certificate(Authority.found(NOW).client(kiosk, NOW).certificate)
    assert [a.value for a in signed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [kiosk]
    purposes = signed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not signed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_is_valid_on_a_pi_that_boots_in_the_past_and_for_two_years() -> None:
    authority = Authority.found(NOW)
    signed = certificate(authority.client(new_kiosk_id(), NOW).certificate)
    assert signed.not_valid_before_utc == BACK_DATED
    assert certificate(authority.certificate).not_valid_before_utc == BACK_DATED
    assert signed.not_valid_after_utc == NOW + timedelta(days=730)


def test_every_certificate_is_verified_by_the_authoritys_own() -> None:
    authority = Authority.found(NOW)
    ca = certificate(authority.certificate)
    for identity in (authority.client(new_server_id(), NOW), authority.broker(["localhost"], NOW)):
        certificate(identity.certificate).verify_directly_issued_by(ca)


def test_nothing_outlives_the_authority() -> None:
    authority = Authority.found(NOW)
    late = NOW + timedelta(days=365 * 19)
    signed = certificate(authority.broker(["localhost"], late).certificate)
    assert signed.not_valid_after_utc == certificate(authority.certificate).not_valid_after_utc


@pytest.mark.parametrize(
    "name",
    [
        "",
        "+",
        "#",
        "k-+",
        "k-aaaaaaaaaa/x",
        "k-AAAAAAAAAA",
        "k-aaaaaaaaaa\n",
        "admin",
        "s-short",
        "k-01aaaaaaaa",
    ],
)
def test_no_other_name_is_signed(name: str) -> None:
    with pytest.raises(NameNotSignedError):
        Authority.found(NOW).client(name, NOW)


def test_the_broker_is_known_by_names_and_addresses() -> None:
    signed = certificate(Authority.found(NOW).broker(["localhost", "127.0.0.1", "::1"], NOW).certificate)
    names = signed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]
    purposes = signed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_broker_without_a_name_is_refused() -> None:
    with pytest.raises(NameNotSignedError):
        Authority.found(NOW).broker([], NOW)


def test_revocations_are_kept_for_ten_years_and_can_be_read_back() -> None:
    authority = Authority.found(NOW)
    serial = serial_of(authority.client(new_kiosk_id(), NOW).certificate)
    pem = authority.revocations([serial, serial], NOW)
    revocations = x509.load_pem_x509_crl(pem)
    assert revocations.next_update_utc == NOW + timedelta(days=3650)
    assert revoked_serials(pem) == {serial}
    assert revoked_serials(authority.revocations([], NOW)) == frozenset()


def test_an_authority_comes_back_from_its_files() -> None:
    first = Authority.found(NOW)
    again = Authority.load(first.identity)
    signed = certificate(again.client(new_kiosk_id(), NOW).certificate)
    signed.verify_directly_issued_by(certificate(first.certificate))


def test_a_key_of_another_authority_is_refused() -> None:
    one, other = Authority.found(NOW), Authority.found(NOW)
    with pytest.raises(AuthorityBrokenError):
        Authority.load(Identity(one.certificate, other.identity.key))
    with pytest.raises(AuthorityBrokenError):
        Authority.load(Identity(b"no certificate", b"no key"))


def test_an_identity_shows_no_key() -> None:
    assert "PRIVATE" not in repr(Authority.found(NOW).identity)
