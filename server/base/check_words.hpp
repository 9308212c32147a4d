// CHECK WORDS: what two people compare by telephone, or in a note, to know that they speak of the same credential (rules.md 18). Six
// words of three syllables each, out of eight consonants and four vowels that are written and heard alike in English, Spanish, French
// and Portuguese: 90 bits of the hash of the code and the credential. Only who has the code can work them out. Pure, any thread.
#pragma once
#include "base/bytes.hpp"
#include <string>
#include <string_view>

namespace cbmx::base {

// "kamito rasefo ...": of the SHA-256 of "cbmx check words v1\n<code>\n<fingerprint in hex>\n".
std::string check_words(std::string_view code, const Hash& fingerprint);

// As they are compared: lower case, one space between words, whatever was typed between them.
std::string folded_check_words(std::string_view typed);

}  // namespace cbmx::base
