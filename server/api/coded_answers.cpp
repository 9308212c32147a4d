// See coded_answers.hpp.
#include "api/coded_answers.hpp"
#include "api/media_types.hpp"
#include "base/text.hpp"
#include "base/weighted_list.hpp"
#include <array>

namespace cbmx::api {
namespace {

using base::Coding;

constexpr std::array preferred{Coding::br, Coding::gzip};
constexpr std::string_view any_coding = "*", old_gzip = "x-gzip";  // RFC 9110, 8.4.1.3

bool names(std::string_view element, Coding coding)
{
    return base::equals_ignoring_case(element, base::name_of(coding)) ||
           (coding == Coding::gzip && base::equals_ignoring_case(element, old_gzip));
}

// 0: not acceptable.
int weight_of(Coding coding, const std::vector<base::Weighted>& list)
{
    int any = 0;
    for (const auto& element : list) {
        if (names(element.value, coding))
            return element.weight;
        if (element.value == any_coding)
            any = element.weight;
    }
    return any;
}

}  // namespace

bool is_same_for_everyone(const Route& route) { return route.kept_until_reports_change || route.embedded; }

Coding coding_in(std::optional<std::string_view> accept_encoding)
{
    if (!accept_encoding)
        return Coding::identity;
    const auto list = base::weighted_list(*accept_encoding, max_codings);
    auto chosen = Coding::identity;
    int best = 0;
    for (const auto coding : preferred)
        if (const int weight = weight_of(coding, list); weight > best) {
            chosen = coding;
            best = weight;
        }
    // Identity is always acceptable unless it is refused; it is preferred only where it is named so.
    for (const auto& element : list)
        if (names(element.value, Coding::identity) && element.weight > best)
            return Coding::identity;
    return chosen;
}

bool shows_a_credential(const http::Head& head, const domain::Principal& principal)
{
    return !principal.is_anonymous() || head.peer.certificate || head.field("Authorization") || head.field("Cookie");
}

Coding coding_for(const Exchange& exchange)
{
    if (shows_a_credential(exchange.head, exchange.call->principal) || !is_same_for_everyone(*exchange.route))
        return Coding::identity;
    return coding_in(list_in(exchange.head, "Accept-Encoding"));
}

KeptAnswer coded(const KeptAnswer& plain, Coding coding)
{
    if (coding == Coding::identity || plain.answer.status != 200 || plain.answer.body.size() < least_coded_bytes || plain.answer.stream)
        return plain;
    auto body = base::compressed(coding, plain.answer.body);
    if (body.size() >= plain.answer.body.size())
        return plain;
    KeptAnswer made{.answer = plain.answer, .tag = plain.tag};
    made.answer.body = std::move(body);
    made.answer.content_encoding = base::name_of(coding);
    made.tag.insert(made.tag.size() - 1, std::string("-").append(base::name_of(coding)));  // within its quotes
    return made;
}

}  // namespace cbmx::api
