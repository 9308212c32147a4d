// See enrolment_code.hpp.
#include "service/accounts/enrolment_code.hpp"
#include <array>

namespace cbmx::service {
namespace {

constexpr std::string_view code_alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::size_t code_group = 4;

}  // namespace

std::string new_half_code(const base::RandomSource& random)
{
    static_assert(256 % code_alphabet.size() == 0, "every character is as likely as any other");
    std::array<std::uint8_t, half_code_characters> bytes{};
    random(bytes);
    std::string half;
    for (const auto byte : bytes)
        half += code_alphabet[byte % code_alphabet.size()];
    return half;
}

std::string in_groups(const std::string& half)
{
    std::string groups;
    for (std::size_t i = 0; i < half.size(); ++i) {
        if (i != 0 && i % code_group == 0)
            groups += ' ';
        groups += half[i];
    }
    return groups;
}

std::string folded_code(std::string_view typed)
{
    std::string code;
    for (const char c : typed)
        if (c != ' ' && c != '-')
            code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return code;
}

// Hashes are compared, and of two halves both, whichever is wrong: how far they agree says nothing about a code.
bool is_code_of(const store::EnrolmentRow& row, const std::string& code)
{
    if (!row.second_code)
        return base::sha256(code) == row.code;
    const auto typed = folded_code(code);
    if (typed.size() != 2 * half_code_characters)
        return false;
    const bool first = base::sha256(typed.substr(0, half_code_characters)) == row.code;
    const bool second = base::sha256(typed.substr(half_code_characters)) == *row.second_code;
    return first && second;
}

}  // namespace cbmx::service
