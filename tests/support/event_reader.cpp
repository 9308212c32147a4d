// See event_reader.hpp.
#include "support/event_reader.hpp"

namespace cbmx::test {

namespace {

Fields with_token(TestPortal& portal, const Who& who, Fields fields)
{
    if (!who.home.empty())
        fields.emplace_back("Authorization", "Bearer " + portal.token_of(who));
    return fields;
}

}  // namespace

EventReader::EventReader(TestPortal& portal, const Who& who, const std::string& path, const Fields& fields)
    : EventReader({.port = portal.app().port(), .ca_file = development_certificates() / "ca.crt"}, path, with_token(portal, who, fields))
{
}

EventReader::EventReader(const RawOptions& connection, const std::string& path, const Fields& fields) : client_(connection)
{
    std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n";
    for (const auto& [name, value] : fields)
        request += name + ": " + value + "\r\n";
    client_.send(request + "\r\n");
    head_ = client_.read_head();
}

std::optional<Event> EventReader::next()
{
    for (;;) {
        const auto end = text_.find("\n\n");
        if (end == std::string::npos) {
            const auto chunk = client_.read_chunk();
            ended_ = chunk && chunk->empty();
            if (!chunk || ended_)
                return std::nullopt;
            text_ += *chunk;
            continue;
        }
        Event event;
        std::string block = text_.substr(0, end + 1);
        text_.erase(0, end + 2);
        for (std::size_t at = 0, line = block.find('\n'); line != std::string::npos; at = line + 1, line = block.find('\n', at)) {
            const std::string text = block.substr(at, line - at);
            if (text.starts_with(":"))
                ++comments_;
            else if (text.starts_with("event: "))
                event.name = text.substr(7);
            else if (text.starts_with("id: "))
                event.id = text.substr(4);
            else if (text.starts_with("data: "))
                event.data = nlohmann::json::parse(text.substr(6));
            else if (text.starts_with("retry: "))
                retry_ = text.substr(7);
            else
                ADD_FAILURE() << text;
        }
        if (!event.name.empty())
            return event;
    }
}

std::optional<Event> EventReader::next(const std::string& name)
{
    for (auto event = next(); event; event = next())
        if (event->name == name)
            return event;
    return std::nullopt;
}

}  // namespace cbmx::test
