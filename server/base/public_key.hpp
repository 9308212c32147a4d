// The bytes of an Ed25519 public key that came as PEM; base/ed25519.hpp does all else with keys. Thread-safe.
#pragma once
#include "base/ed25519.hpp"

namespace cbmx::base {

// nullopt if the text is not a SubjectPublicKeyInfo of an Ed25519 key.
std::optional<Ed25519Public> ed25519_public_key(std::string_view pem);

}  // namespace cbmx::base
