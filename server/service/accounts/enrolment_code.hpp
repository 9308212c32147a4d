// The code of an enrolment: one that its maker's client made, or, of a founding, A CODE IN TWO HALVES (rules.md 34): 24 characters of an
// alphabet without look-alikes, 60 bits a half. One half is the secretariat's to send, the other the operator's to read out; neither opens
// anything without the other.
#pragma once
#include "base/random.hpp"
#include "store/rows/enrolments.hpp"

namespace cbmx::service {

inline constexpr std::size_t half_code_characters = 12;
std::string new_half_code(const base::RandomSource& random);
std::string in_groups(const std::string& half);   // of four characters, as people read and type it
std::string folded_code(std::string_view typed);  // of two halves, as it is hashed: it was typed in groups, in small letters
bool is_code_of(const store::EnrolmentRow& row, const std::string& code);

}  // namespace cbmx::service
