// See key_file.hpp.
#include "operation/key_file.hpp"
#include "base/public_key.hpp"
#include "service/log/outside.hpp"
#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace cbmx::service {
namespace {

constexpr std::string_view block_begin = "-----BEGIN ";
// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): a fixed head and 32 bytes.
constexpr std::array<std::uint8_t, 12> public_head{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

std::string public_pem(const base::Ed25519Public& key)
{
    return "-----BEGIN PUBLIC KEY-----\n" + base::base64(std::string(base::as_chars(public_head)) + std::string(base::as_chars(key))) +
           "\n-----END PUBLIC KEY-----\n";
}

}  // namespace

void KeyFile::add_to(const ledger::KeyRing& ring, const std::string& origin) const
{
    for (const auto& key : keys)
        ring.add({origin, key.public_key(), [key](std::string_view message) { return key.sign(message); }});
}

ledger::KeyRing KeyFile::ring(const std::string& origin) const
{
    ledger::KeyRing ring;
    add_to(ring, origin);
    return ring;
}

std::vector<ledger::VerifierKey> KeyFile::verifiers(const std::string& origin) const
{
    std::vector<ledger::VerifierKey> list;
    for (const auto& key : keys)
        list.push_back({origin, key.public_key()});
    for (const auto& key : former)
        list.push_back({origin, key});
    return list;
}

std::optional<KeyFile> parse_key_file(std::string_view pem)
{
    KeyFile file;
    for (auto begin = pem.find(block_begin); begin != std::string_view::npos;) {
        const auto next = pem.find(block_begin, begin + block_begin.size());
        const auto block = pem.substr(begin, next == std::string_view::npos ? next : next - begin);
        if (auto key = base::Ed25519Key::from_pem(block))
            file.keys.push_back(std::move(*key));
        else if (const auto former = base::ed25519_public_key(block))
            file.former.push_back(*former);
        else
            return std::nullopt;
        begin = next;
    }
    return file.keys.empty() ? std::nullopt : std::optional(std::move(file));
}

std::string text_of(const KeyFile& file)
{
    std::string text;
    for (const auto& key : file.keys)
        text += key.to_pem();
    for (const auto& key : file.former)
        text += public_pem(key);
    return text;
}

KeyFile read_key_file(const std::string& path)
{
    const auto text = read_whole(path);
    if (!text)
        throw std::runtime_error("cannot read " + path);
    auto file = parse_key_file(*text);
    if (!file)
        throw std::runtime_error(path + " is not an Ed25519 private key in PEM");
    return std::move(*file);
}

void write_key_file(const std::string& path, const KeyFile& file)
{
    write_durably(std::filesystem::weakly_canonical(path), text_of(file), 0600);  // behind a link: the link stays
}

KeyFile in_order(const KeyFile& file, const std::vector<ledger::VerifierKey>& of_log)
{
    KeyFile ordered{{}, file.former};
    const auto key_of = [&file](const base::Ed25519Public& wanted) {
        return std::find_if(file.keys.begin(), file.keys.end(),
                            [&wanted](const base::Ed25519Key& key) { return key.public_key() == wanted; });
    };
    for (const auto& key : of_log) {
        const auto found = key_of(key.public_key);
        if (found != file.keys.end() && key.until_seq)
            ordered.former.push_back(key.public_key);
        else if (found != file.keys.end())
            ordered.keys.push_back(*found);
    }
    for (const auto& key : file.keys)
        if (std::none_of(of_log.begin(), of_log.end(),
                         [&key](const ledger::VerifierKey& known) { return known.public_key == key.public_key(); }))
            ordered.keys.push_back(key);
    return ordered;
}

}  // namespace cbmx::service
