"""The fleet's certificate authority: who is a kiosk, who is the server, who is the broker."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from agent.wire.topics import KIOSK_ID, SERVER_ID

BACK_DATED: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""Start of every certificate. A Pi has no clock of its own and boots in the past."""
CA_LIFE: Final = timedelta(days=365 * 20)
CLIENT_LIFE: Final = timedelta(days=365 * 2)
BROKER_LIFE: Final = timedelta(days=365 * 10)
CRL_LIFE: Final = timedelta(days=365 * 10)
"""A list past its ``nextUpdate`` locks every kiosk out, so it never gets there by neglect."""

_CRL_MARGIN: Final = timedelta(days=1)
"""The broker's clock may be behind the one that made the list."""


class NameNotSignedError(Exception):
    """The authority signs names of kiosks and servers only, so that no other can be claimed."""


class AuthorityBrokenError(Exception):
    """The authority's files cannot be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its private key, both PEM. The key goes into one file and nowhere else."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Identity(•••)"


class Authority:
    """Signs with the fleet's key. Reads no clock and writes no file: both are the caller's."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def found(cls, now: datetime) -> Self:
        """A new authority. Its name carries a random part: two fleets are never taken for one."""
        key = ec.generate_private_key(ec.SECP256R1())
        serial = x509.random_serial_number()
        name = _name(f"Kaiku fleet {serial % 2**32:08x}")
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), serial, BACK_DATED, now + CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def load(cls, identity: Identity) -> Self:
        """Take an authority from its files. Raises :class:`AuthorityBrokenError`."""
        try:
            certificate = x509.load_pem_x509_certificate(identity.certificate)
            key = serialization.load_pem_private_key(identity.key, password=None)
        except (ValueError, TypeError) as error:
            raise AuthorityBrokenError("the authority's certificate or key is no PEM file") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise AuthorityBrokenError("the authority's key does not belong to its certificate")
        return cls(certificate, key)

    @property
    def identity(self) -> Identity:
        return Identity(self.certificate, _private_pem(self._key))

    @property
    def certificate(self) -> bytes:
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def client(self, name: str, now: datetime) -> Identity:
        """Identity of a kiosk ``k-…`` or a server account ``s-…``. Raises :class:`NameNotSignedError`."""
        if not (KIOSK_ID.fullmatch(name) or SERVER_ID.fullmatch(name)):
            raise NameNotSignedError(f"{name!r} is neither a kiosk (k-…) nor a server account (s-…)")
        return self._sign(name, now + CLIENT_LIFE, ExtendedKeyUsageOID.CLIENT_AUTH, alternatives=())

    def broker(self, hosts: Sequence[str], now: datetime) -> Identity:
        """Identity of the broker under the names and addresses that clients know it by."""
        if not hosts:
            raise NameNotSignedError("a broker needs at least one name or address")
        return self._sign(
            "kaiku-broker",
            now + BROKER_LIFE,
            ExtendedKeyUsageOID.SERVER_AUTH,
            alternatives=tuple(_alternative(host) for host in hosts),
        )

    def revocations(self, serials: Iterable[int], now: datetime) -> bytes:
        """The list of certificates that count no more, PEM. Numbered by the second it was made in."""
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self._certificate.subject,
            last_update=now - _CRL_MARGIN,
            next_update=now + CRL_LIFE,
        ).add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        for serial in sorted(set(serials)):
            entry = x509.RevokedCertificateBuilder(serial, now - _CRL_MARGIN).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _sign(
        self,
        name: str,
        until: datetime,
        purpose: x509.ObjectIdentifier,
        alternatives: Sequence[x509.GeneralName],
    ) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            x509.CertificateBuilder(
                self._certificate.subject,
                _name(name),
                key.public_key(),
                x509.random_serial_number(),
                BACK_DATED,
                min(until, self._certificate.not_valid_after_utc),
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Identity(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))


def serial_of(certificate: bytes) -> int:
    """The number by which a certificate is revoked."""
    return x509.load_pem_x509_certificate(certificate).serial_number


def revoked_serials(revocations: bytes) -> frozenset[int]:
    return frozenset(entry.serial_number for entry in x509.load_pem_x509_crl(revocations))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
