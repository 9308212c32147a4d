// A State's witness in a test: its key, and the line that it writes below a checkpoint.
#pragma once
#include "base/random.hpp"
#include "ledger/cosignature.hpp"
#include <string>

namespace cbmx::test {

// SubjectPublicKeyInfo: RFC 8410 puts these twelve bytes before an Ed25519 key.
inline std::string pem_of(const base::Ed25519Public& key)
{
    const auto der = base::from_hex("302a300506032b6570032100").value() + std::string(base::as_chars(key));
    return "-----BEGIN PUBLIC KEY-----\n" + base::base64(der) + "\n-----END PUBLIC KEY-----\n";
}

class Witness {
public:
    Witness(const base::RandomSource& random, std::string name) : key_(base::Ed25519Key::generate(random)), name_(std::move(name)) {}

    ledger::VerifierKey verifier() const { return {name_, key_.public_key()}; }
    std::string pem() const { return pem_of(key_.public_key()); }
    std::string bytes(const std::string& body, std::uint64_t time) const
    {
        return ledger::bytes_of({ledger::cosigner_key_id(name_, key_.public_key()), time, key_.sign(ledger::cosigned_message(body, time))});
    }
    std::string line(const std::string& note, std::uint64_t time) const
    {
        return ledger::cosignature_line(name_, bytes(body_of(note), time));
    }
    std::string cosigned(const std::string& note, std::uint64_t time) const { return note + line(note, time); }
    static std::string body_of(const std::string& note) { return note.substr(0, note.rfind("\n\n") + 1); }

private:
    base::Ed25519Key key_;
    std::string name_;
};

}  // namespace cbmx::test
