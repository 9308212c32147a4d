// Ed25519 (RFC 8032) keys and signatures, and verification of a State's detached signatures.
// OpenSSL does the mathematics. Thread-safe: keys are immutable after construction.
#pragma once
#include "base/bytes.hpp"
#include "base/random.hpp"
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::base {

using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

class Ed25519Key {
public:
    static Ed25519Key generate(const RandomSource& random);
    static std::optional<Ed25519Key> from_pem(std::string_view pem);  // PKCS#8; nullopt if not an Ed25519 key
    std::string to_pem() const;                                       // PKCS#8, unencrypted
    const Ed25519Public& public_key() const;
    Ed25519Signature sign(std::string_view message) const;

private:
    explicit Ed25519Key(std::shared_ptr<void> key);
    std::shared_ptr<void> key_;  // EVP_PKEY
    Ed25519Public public_{};
};

// False too for a key of small order or in a second encoding of its point, whose signatures bind nobody.
bool ed25519_verify(const Ed25519Public& key, std::string_view message, std::string_view signature);

// A public key of a State in PEM (SubjectPublicKeyInfo). Ed25519, or ECDSA on P-256/P-384 with SHA-256. In DER's one form alone: the
// curve by its name, the point uncompressed; a key on Ed25519 as above. One block of PEM, whatever text is around it.
// Returns the SHA-256 of the DER form, or nullopt if the text is not such a key.
std::optional<Hash> public_key_fingerprint(std::string_view pem);
// The same key as PEM with nothing around it, so that whoever registers one publishes no other text; nullopt as above.
std::optional<std::string> bare_public_key(std::string_view pem);
// The detached signature is raw (Ed25519) or DER (ECDSA).
bool verify_detached(std::string_view public_key_pem, std::string_view message, std::string_view signature);

// A certificate in PEM or DER: the SHA-256 of its DER form (what `openssl x509 -fingerprint -sha256` prints),
// its subject as text and the end of its validity in Unix seconds. nullopt if it is no certificate.
struct CertificateFacts {
    Hash fingerprint{};
    std::string subject;
    std::int64_t not_after = 0;
};
std::optional<CertificateFacts> certificate_facts(std::string_view pem_or_der);

}  // namespace cbmx::base
