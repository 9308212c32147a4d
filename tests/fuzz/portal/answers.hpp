// What every answer of the portal must be, for every caller and request. Each rule gives one sentence about what breaks it, or
// nothing: portal_fuzz.cpp ends the program with it, and shows at its start that each rule can be broken.
#pragma once
#include "http/message.hpp"
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::fuzz {

// One request as the server understood it.
struct Asked {
    std::string method;  // empty: nothing usable was read
    std::string target;
    std::vector<std::string> path;
    std::string token;  // in Authorization
    bool by_certificate = false;
    bool is_due = false;  // an answer: it was read to its end, or refused

    bool is_write() const { return method == "POST" || method == "PATCH" || method == "DELETE"; }
};

struct Answered {
    int status = 0;
    std::vector<http::Field> fields;
    std::string body;
    nlohmann::json json;  // of a body that says that it is JSON

    std::string field(std::string_view name) const;  // "" when it is not there
    std::string text;                                // head and body as they were sent
    std::string unpacked;                            // all that stands in a body that is a ZIP, or compressed
};

struct Read {
    std::vector<Answered> answers;
    std::string fault;
};
// The answers to these requests, in order; bytes that no request accounts for are a fault, and a request without its answer.
// `whole`: false when either side has ended the connection in the middle of an answer, or before it.
Read read_answers(std::string_view output, const std::vector<Asked>& asked, bool whole);

// One answer by itself. busy: the portal was set to take no long work, so that it may be unavailable.
std::string fault_of(const Asked& asked, Answered& answered, bool busy);

// All of a connection in which the database changed: only a write changes it, and only one that was not refused, or that counts all the
// same; or the first request with a token that was not used before.
std::string fault_of_change(const std::vector<Asked>& asked, const std::vector<Answered>& answers,
                            const std::vector<std::string>& unproven);

// How tokens, private keys in PKCS#8 and planted texts begin.
inline constexpr std::string_view token_beginning = "cbmx_", key_beginning = "MC4CAQAw", planted_beginning = "quetzal-";

// All in a text that may be a secret or planted, and how often.
using Words = std::map<std::string, std::size_t, std::less<>>;
Words words_in(std::string_view text);
// What a client has sent elsewhere than as its credential: it may appear in the answer.
Words words_to_return(std::string_view sent, const std::vector<Asked>& asked);

// A text that was planted in a record, who may read that, and who may let others read it: tokens.
struct Marker {
    std::string name, text;
    std::set<std::string> readers, owners;
    bool published = false;  // only a publication or a confirmation lets others read it: a second person's step
};

// What nobody may learn, over the answers of one connection.
class Watch {
public:
    Watch(const std::vector<Marker>& markers, std::set<std::string> secrets, std::string certificates_token, std::string new_token)
        : markers_(markers),
          secrets_(std::move(secrets)),
          certificates_token_(std::move(certificates_token)),
          new_token_(std::move(new_token))
    {
    }

    std::string fault_of(const Asked& asked, const Answered& answered, const Words& to_return);

private:
    std::vector<std::string> callers(const Asked& asked) const;
    const std::vector<Marker>& markers_;
    std::set<std::string> secrets_;   // not to be seen in any answer
    std::string certificates_token_;  // a token of the account that the certificate stands for
    std::string new_token_;           // may be registered meanwhile: its account is not known here
    std::set<std::string> released_;  // markers: an owner has written since, and may have widened what others see
};

}  // namespace cbmx::fuzz
