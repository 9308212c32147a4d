// Proof that whoever registers a certificate or a signing key holds its private key: the texts that are signed, and the signature
// over them, bare or as a certification request (PKCS#10). Pure functions, any thread; what is no proof, however malformed, is
// false, and leaves nothing in OpenSSL's error queue.
// Accepted are keys that a client can use on the certificate listener: ECDSA on P-256 and P-384, Ed25519, and RSA of 2048 to 8192
// bits whose exponent is odd and between 2^16 and 2^256 (FIPS 186-5, A.1.1).
#pragma once
#include "base/bytes.hpp"
#include <string>
#include <string_view>

namespace cbmx::base {

// Lines that each end with "\n"; what stands in them holds no line break itself, or two proofs could have one text.
std::string enrolment_text(std::string_view origin, std::string_view account, const Hash& certificate, std::string_view enrolment);
// home: of the State whose key it is; key: the SHA-256 of its DER (SubjectPublicKeyInfo). Its proof: verify_detached() of
// base/ed25519.hpp.
std::string signing_key_text(std::string_view origin, std::string_view home, const Hash& key);

// What a certification request says instead of signing the text itself: the text's SHA-256 in hex.
std::string challenge_for(std::string_view text);

// Over the message with SHA-256: ECDSA (DER), or RSA by PKCS#1 v1.5 or PSS (MGF1 with SHA-256, salt of any length); Ed25519 (64 bytes).
bool signed_by_certificate(std::string_view pem_certificate, std::string_view message, std::string_view signature);

// A certification request (RFC 2986) in one PEM object with nothing but white space around it, for the certificate's own key, signed
// by it with SHA-256, SHA-384, SHA-512 or Ed25519, whose one challengePassword (RFC 2985, 5.4.1) is `challenge`. Its subject and
// whatever else it asks for mean nothing.
bool requested_by_certificate(std::string_view pem_certificate, std::string_view pem_request, std::string_view challenge);

}  // namespace cbmx::base
