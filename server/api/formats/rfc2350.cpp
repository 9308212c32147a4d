// The contract is api/formats/rfc2350.hpp.
#include "api/formats/rfc2350.hpp"
#include "api/formats/contact_words.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;
using i18n::Language;

constexpr std::string_view indent = "    ";
constexpr std::size_t date_size = 10;  // "2026-01-31"
constexpr std::size_t fingerprint_group = 4;

std::size_t width_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

// One paragraph: every line begins with the margin.
void append_wrapped(std::string& text, std::string_view paragraph, std::string_view margin)
{
    std::string line;
    for (std::size_t begin = 0; begin < paragraph.size();) {
        const auto end = std::min(paragraph.find(' ', begin), paragraph.size());
        const auto word = paragraph.substr(begin, end - begin);
        begin = end + 1;
        if (word.empty())
            continue;
        if (!line.empty() && width_of(line) + 1 + width_of(word) > rfc2350_columns) {
            text += line + "\n";
            line.clear();
        }
        line += (line.empty() ? std::string(margin) : " ") + std::string(word);
    }
    text += line + "\n";
}

class Description {
public:
    Description(const Value& contact, Language language) : contact_(contact), content_(contact.at("content")), language_(language) {}

    std::string write()
    {
        append_wrapped(text_, say("rfc2350.title", {{"team", name_of_team(contact_)}}), "");
        about_the_document();
        how_to_reach_the_team();
        charter();
        policies();
        section("5", list("services"));
        section("6", csirt("incident_form"));
        section("7", say("rfc2350.disclaimer"));
        return text_;
    }

private:
    void about_the_document()
    {
        heading("1");
        section("1.1", member_text(contact_.at("meta"), "confirmed_at").substr(0, date_size));
        section("1.2", "");
        section("1.3", say("rfc2350.location"));
        for (const auto* member : {"freshness_text", "notice"})
            if (const auto sentence = member_text(contact_.at("meta"), member); !sentence.empty())
                paragraph(sentence);
    }

    void how_to_reach_the_team()
    {
        heading("2");
        section("2.1", name_of_team(contact_));
        if (const auto office = name_of_office(contact_); office != name_of_team(contact_))
            paragraph(office);
        if (const auto institution = given("institution"); institution != name_of_office(contact_))
            paragraph(institution);
        section("2.2", given("address"));
        section("2.3", given("time_zone"));
        section("2.4", phones(false));
        section("2.5", phones(true));
        section("2.6", "");
        section("2.7", list("emails"));
        section("2.8", keys());
        section("2.9", given("person") + (given("person").empty() || given("position").empty() ? "" : ", ") + given("position"));
        section("2.10", languages() + (languages().empty() || given("website").empty() ? "" : "\n") + given("website"));
        section("2.11", hours_sentence(contact_, language_));
    }

    void charter()
    {
        heading("3");
        section("3.1", csirt("mission"));
        section("3.2", csirt("constituency"));
        section("3.3", csirt("sponsor"));
        section("3.4", csirt("authority"));
    }

    void policies()
    {
        heading("4");
        section("4.1", csirt("incidents"));
        section("4.2", csirt("disclosure"));
        section("4.3", csirt("communication"));
    }

    std::string say(std::string_view key, const domain::Arguments& arguments = {}) const { return i18n::text(language_, key, arguments); }
    std::string given(std::string_view member) const { return member_text(content_, member); }
    std::string csirt(std::string_view member) const
    {
        return content_.contains("csirt") ? member_text(content_.at("csirt"), member) : std::string();
    }

    std::string list(std::string_view member) const
    {
        const auto& object = member == "services" && content_.contains("csirt") ? content_.at("csirt") : content_;
        std::string lines;
        for (const auto& item : object.value(std::string(member), Value::array()))
            lines += (lines.empty() ? "- " : "\n- ") + item.get<std::string>();
        return lines;
    }

    std::string phones(bool fax) const
    {
        std::string lines;
        for (const auto& phone : content_.value("phones", Value::array()))
            if (const auto use = member_text(phone, "use"); (use == "fax") == fax)
                lines +=
                    (lines.empty() ? "" : "\n") + member_text(phone, "number") + (use == "duty" ? " (" + say("rfc2350.duty") + ")" : "");
        return lines;
    }

    std::string keys() const
    {
        std::string lines;
        for (const auto& key : content_.value("keys", Value::array())) {
            lines += (lines.empty() ? "" : "\n") + std::string(member_text(key, "kind") == "openpgp" ? "OpenPGP:" : "S/MIME:");
            const auto fingerprint = member_text(key, "fingerprint");
            for (std::size_t i = 0; i < fingerprint.size(); i += fingerprint_group)
                lines += " " + fingerprint.substr(i, fingerprint_group);
            if (const auto end = member_text(key, "expires_at"); !end.empty())
                lines += " (" + say("rfc2350.key_until", {{"date", end.substr(0, date_size)}}) + ")";
        }
        return lines;
    }

    std::string languages() const
    {
        std::string names;
        for (const auto& language : content_.value("languages", Value::array()))
            names += (names.empty() ? "" : ", ") + language.get<std::string>();
        return names.empty() ? names : say("rfc2350.languages", {{"languages", names}});
    }

    void heading(const std::string& number)
    {
        text_ += "\n";
        append_wrapped(
            text_, number + (number.find('.') == std::string::npos ? ". " : " ") + i18n::text(language_, "rfc2350.section." + number), "");
    }

    void section(const std::string& number, const std::string& text)
    {
        heading(number);
        text_ += "\n";
        paragraph(text.empty() ? say("rfc2350.not_given") : text);
    }

    // A text of several lines keeps them.
    void paragraph(std::string_view text)
    {
        for (std::size_t begin = 0; begin <= text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size());
            auto line = std::string(text.substr(begin, end - begin));
            std::replace_if(
                line.begin(), line.end(), [](char c) { return c == '\t' || c == '\r'; }, ' ');
            append_wrapped(text_, line, indent);
            begin = end + 1;
        }
    }

    const Value& contact_;
    const Value& content_;
    Language language_;
    std::string text_;
};

}  // namespace

std::string rfc2350_text(const Value& contact, Language language) { return Description(contact, language).write(); }

}  // namespace cbmx::api
