// See check_words.hpp.
#include "base/check_words.hpp"
#include "base/text.hpp"
#include <array>

namespace cbmx::base {
namespace {

constexpr std::array consonants{'f', 'k', 'l', 'm', 'n', 'r', 's', 't'};
constexpr std::array vowels{'a', 'e', 'i', 'o'};
constexpr int words = 6;
constexpr int syllables = 3;
constexpr unsigned bits_of_syllable = 5;  // eight consonants, four vowels

// The bits of the hash in order, the most significant of each byte first.
class Bits {
public:
    explicit Bits(const Hash& hash) : hash_(hash) {}
    unsigned next(unsigned count)
    {
        unsigned value = 0;
        for (unsigned i = 0; i < count; ++i, ++at_)
            value = value << 1U | (static_cast<unsigned>(hash_[at_ / 8]) >> (7 - at_ % 8) & 1U);
        return value;
    }

private:
    Hash hash_;
    std::size_t at_ = 0;
};

}  // namespace

std::string check_words(std::string_view code, const Hash& fingerprint)
{
    std::string text = "cbmx check words v1\n";
    text.append(code).append("\n").append(hex(fingerprint)).append("\n");
    Bits bits(sha256(text));
    std::string written;
    for (int word = 0; word < words; ++word) {
        if (word > 0)
            written += ' ';
        for (int syllable = 0; syllable < syllables; ++syllable) {
            const auto value = bits.next(bits_of_syllable);
            written += consonants[value >> 2U];
            written += vowels[value & 3U];
        }
    }
    return written;
}

std::string folded_check_words(std::string_view typed)
{
    std::string folded;
    for (const char c : to_lower(typed)) {
        const bool is_letter = c >= 'a' && c <= 'z';
        if (is_letter)
            folded += c;
        else if (!folded.empty() && folded.back() != ' ')
            folded += ' ';
    }
    if (!folded.empty() && folded.back() == ' ')
        folded.pop_back();
    return folded;
}

}  // namespace cbmx::base
