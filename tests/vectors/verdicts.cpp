// What the portal's own functions say of test vectors, for the comparison with the Python verifiers (compare.py). A line in, a line
// out: "no", or "yes" and what was read. A line is a question and its fields, with a space between; bytes are hexadecimal, none: "-".
#include "base/ed25519.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/merkle.hpp"
#include "ledger/note.hpp"
#include <iostream>
#include <map>
#include <span>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace {

using namespace cbmx;
using Fields = std::span<const std::string>;

const std::string no = "no";
const std::string yes = "yes";

std::string bytes_of(const std::string& field)
{
    if (field == "-")
        return {};
    const auto bytes = base::from_hex(field);
    if (!bytes)
        throw std::runtime_error("not hexadecimal: " + field);
    return *bytes;
}

base::Hash hash_of(const std::string& field)
{
    const auto hash = base::to_hash(bytes_of(field));
    if (!hash)
        throw std::runtime_error("not 32 bytes: " + field);
    return *hash;
}

std::vector<base::Hash> hashes_of(Fields fields)
{
    std::vector<base::Hash> hashes;
    for (const auto& field : fields)
        hashes.push_back(hash_of(field));
    return hashes;
}

std::string in_words(bool verdict) { return verdict ? yes : no; }

// A State's signature: PEM MESSAGE SIGNATURE.
std::string detached(Fields fields)
{
    return in_words(base::verify_detached(bytes_of(fields[0]), bytes_of(fields[1]), bytes_of(fields[2])));
}

// The same key, as the portal would register it: PEM. What it gives is its fingerprint.
std::string fingerprint(Fields fields)
{
    const auto hash = base::public_key_fingerprint(bytes_of(fields[0]));
    return hash ? yes + " " + base::hex(*hash) : no;
}

// The log's signature, or a witness's: KEY MESSAGE SIGNATURE.
std::string raw(Fields fields) { return in_words(base::ed25519_verify(hash_of(fields[0]), bytes_of(fields[1]), bytes_of(fields[2]))); }

// LEAF INDEX SIZE ROOT HASH...
std::string inclusion(Fields fields)
{
    return in_words(ledger::verify_inclusion(hash_of(fields[0]), std::stoull(fields[1]), std::stoull(fields[2]),
                                             hashes_of(fields.subspan(4)), hash_of(fields[3])));
}

// FIRST ROOT SECOND ROOT HASH...
std::string consistency(Fields fields)
{
    return in_words(ledger::verify_consistency(std::stoull(fields[0]), hash_of(fields[1]), std::stoull(fields[2]), hash_of(fields[3]),
                                               hashes_of(fields.subspan(4))));
}

// The text of a log's key.
std::string key(Fields fields) { return in_words(ledger::parse_verifier_key(bytes_of(fields[0])).has_value()); }

// The text of a log's key, and a note. What it gives is origin, size and root.
std::string checkpoint(Fields fields)
{
    const auto key = ledger::parse_verifier_key(bytes_of(fields[0]));
    if (!key)
        throw std::runtime_error("not a key: " + bytes_of(fields[0]));
    const auto opened = ledger::open_checkpoint(bytes_of(fields[1]), {*key});
    return opened ? yes + " " + base::hex(opened->origin) + " " + std::to_string(opened->size) + " " + base::hex(opened->root) : no;
}

// The text of a witness's key, and a note. What it gives is the time.
std::string cosigned(Fields fields)
{
    const auto witness = ledger::parse_cosigner_key(bytes_of(fields[0]));
    if (!witness)
        throw std::runtime_error("not a witness's key: " + bytes_of(fields[0]));
    const auto witnessed = ledger::witnessed_by(bytes_of(fields[1]), *witness);
    return witnessed.by ? yes + " " + std::to_string(witnessed.by->time) : no;
}

struct Question {
    std::size_t least_fields;
    std::string (*verdict)(Fields);
};

const std::map<std::string, Question> questions{{"detached", {3, detached}},     {"fingerprint", {1, fingerprint}}, {"raw", {3, raw}},
                                                {"inclusion", {4, inclusion}},   {"consistency", {4, consistency}}, {"key", {1, key}},
                                                {"checkpoint", {2, checkpoint}}, {"cosigned", {2, cosigned}}};

std::string answer(const std::string& line)
{
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    const auto question = words.empty() ? questions.end() : questions.find(words.front());
    if (question == questions.end() || words.size() - 1 < question->second.least_fields)
        throw std::runtime_error("not a question: " + line);
    return question->second.verdict(Fields(words).subspan(1));
}

}  // namespace

int main()
{
    std::string line;
    while (std::getline(std::cin, line))
        std::cout << answer(line) << '\n';
}
