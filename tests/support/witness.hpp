// A State's witness in a test: its key, and the line that it writes below a checkpoint.
#pragma once
#include "base/random.hpp"
#include "ledger/cosignature.hpp"
#include "support/brought_key.hpp"
#include <string>

namespace cbmx::test {

class Witness {
public:
    Witness(const base::RandomSource& random, std::string name) : key_(base::Ed25519Key::generate(random)), name_(std::move(name)) {}

    ledger::VerifierKey verifier() const { return {name_, key_.public_key()}; }
    const base::Ed25519Key& key() const { return key_; }
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
