// JSON text to value in one pass: an event handler under nlohmann's parser, which itself keeps no call stack per
// level, refuses at the first broken rule. The text rules are in text.cpp.
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include <algorithm>
#include <optional>

namespace cbmx::json {

namespace {

using domain::Arguments;
using domain::Rule;
using domain::Violation;
using Value = nlohmann::json;

class Builder final : public nlohmann::json_sax<Value> {
public:
    explicit Builder(std::size_t most_values) : most_values_(most_values) {}

    Value& root() { return root_; }
    Violation violation() const { return violation_.value(); }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }

    bool number_integer(std::int64_t value) override
    {
        if (value == 0)  // the parser sends only "-0" here; it is no integer's canonical form
            return refuse(Rule::number_not_integer);
        return value < -max_integer ? refuse_range() : put(value);
    }
    bool number_unsigned(std::uint64_t value) override
    {
        return value > static_cast<std::uint64_t>(max_integer) ? refuse_range() : put(value);
    }
    // Integers too wide for 64 bits arrive here as well.
    bool number_float(double, const std::string& text) override { return refuse_number(text); }

    bool string(std::string& value) override { return accept(value) && put(to_nfc(value)); }
    bool binary(Value::binary_t&) override { return refuse(Rule::malformed); }

    bool start_object(std::size_t) override { return open(Value::object()); }
    bool start_array(std::size_t) override { return open(Value::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(std::string& raw) override
    {
        auto& frame = frames_.back();
        if (!accept(raw))
            return false;
        if (frame.container.size() >= max_members_per_object)
            return refuse(Rule::too_many_members, {{"limit", std::to_string(max_members_per_object)}});
        frame.name = to_nfc(raw);
        return frame.container.contains(*frame.name) ? refuse(Rule::duplicate_member) : true;
    }

    bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& failure) override
    {
        constexpr int number_overflow = 406;  // nlohmann's id: not even a double holds it
        if (failure.id == number_overflow)
            return refuse_number(token);
        // The parser's own words end where it begins to quote the input.
        const std::string_view message = failure.what();
        if (message.substr(0, message.find("; last read")).find("invalid string: surrogate U+") != std::string_view::npos)
            return refuse(Rule::lone_surrogate);
        return refuse(Rule::malformed, {{"at", std::to_string(position == 0 ? 0 : position - 1)}});
    }

private:
    struct Frame {
        Value container;
        std::optional<std::string> name = {};  // of the member whose value comes next
    };

    bool accept(std::string_view raw)
    {
        if (raw.find('\0') != std::string_view::npos)
            return refuse(Rule::nul_character);
        return is_stream_safe(raw) ? true : refuse(Rule::forbidden_character);
    }

    bool put(Value value) { return count() && place_in_frame(std::move(value)); }

    // Values take up to a hundred times the bytes of their text, "{}," say: memory is bounded by their number.
    bool count() { return ++values_ > most_values_ ? refuse(Rule::too_many_values, {{"limit", std::to_string(most_values_)}}) : true; }

    bool place_in_frame(Value value)
    {
        if (frames_.empty()) {
            root_ = std::move(value);
            return true;
        }
        auto& frame = frames_.back();
        if (frame.container.is_array()) {
            frame.container.push_back(std::move(value));
        } else {
            frame.container.emplace(std::move(frame.name.value()), std::move(value));
            frame.name.reset();
        }
        return true;
    }

    bool open(Value container)
    {
        if (!count())
            return false;
        if (frames_.size() >= max_depth)
            return refuse(Rule::too_deep, {{"limit", std::to_string(max_depth)}});
        frames_.push_back(Frame{std::move(container)});
        return true;
    }

    bool close()
    {
        Value value = std::move(frames_.back().container);
        frames_.pop_back();
        return place_in_frame(std::move(value));
    }

    std::string place() const
    {
        std::string pointer;
        for (const auto& frame : frames_) {
            if (frame.container.is_array())
                append_token(pointer, std::to_string(frame.container.size()));
            else if (frame.name)
                append_token(pointer, *frame.name);
        }
        return pointer;
    }

    bool refuse(Rule rule, Arguments arguments = {})
    {
        violation_ = Violation{place(), rule, std::move(arguments)};
        return false;
    }
    bool refuse_range() { return refuse(Rule::number_out_of_range, {{"limit", std::to_string(max_integer)}}); }
    bool refuse_number(std::string_view text)
    {
        return text.find_first_of(".eE") == std::string_view::npos ? refuse_range() : refuse(Rule::number_not_integer);
    }

    std::size_t most_values_;
    std::size_t values_ = 0;
    Value root_;
    std::vector<Frame> frames_;
    std::optional<Violation> violation_;
};

domain::Error malformed(Violation violation) { return domain::Error{domain::ErrorCode::malformed_json, {std::move(violation)}}; }

void require_profile(const Value& value)
{
    const auto refuse = [](const char* what) { throw std::logic_error(std::string("not canonical JSON: ") + what); };
    switch (value.type()) {
    case Value::value_t::null:
    case Value::value_t::boolean: return;
    case Value::value_t::number_integer:
        if (value.get<std::int64_t>() < -max_integer || value.get<std::int64_t>() > max_integer)
            refuse("integer out of range");
        return;
    case Value::value_t::number_unsigned:
        if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(max_integer))
            refuse("integer out of range");
        return;
    case Value::value_t::string:
        if (!is_utf8(value.get_ref<const std::string&>()))
            refuse("string is not UTF-8");
        return;
    case Value::value_t::array:
        for (const auto& item : value)
            require_profile(item);
        return;
    case Value::value_t::object:
        for (const auto& [name, member] : value.get_ref<const Value::object_t&>()) {
            if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
                refuse("member name is not ASCII");
            require_profile(member);
        }
        return;
    case Value::value_t::number_float: refuse("floating-point number"); return;
    case Value::value_t::binary:
    case Value::value_t::discarded: refuse("no JSON value");
    }
}

}  // namespace

domain::Result<Value> parse(std::string_view text, std::size_t most_values)
{
    // The parser would skip a byte order mark and take a zero byte for the end of the text.
    if (text.starts_with("\xEF\xBB\xBF"))
        return malformed(Violation{"", Rule::malformed, {{"at", "0"}}});
    if (const auto nul = text.find('\0'); nul != std::string_view::npos)
        return malformed(Violation{"", Rule::malformed, {{"at", std::to_string(nul)}}});
    Builder builder(most_values);
    if (!Value::sax_parse(text.begin(), text.end(), &builder))
        return malformed(builder.violation());
    // nlohmann's implicit conversions make a plain return ambiguous between value and error.
    return {boost::system::in_place_value, std::move(builder.root())};
}

// Within the profile, names sorted by byte are sorted by UTF-16 code unit, and dump() escapes as ECMAScript does.
std::string canonical(const Value& value)
{
    require_profile(value);
    return value.dump();
}

Value merge_patch(Value target, const Value& patch)
{
    target.merge_patch(patch);
    return target;
}

}  // namespace cbmx::json
