// See account_list.hpp.
#include "operation/account_list.hpp"
#include "operation/data_directory.hpp"
#include "service/accounts/accounts.hpp"
#include "store/engine.hpp"

namespace cbmx {
namespace {

constexpr std::int64_t accounts_per_page = 100;

}  // namespace

std::string account_list(const Config& config, const std::string& home_text)
{
    const auto home = domain::Home::from(home_text);
    if (!home.is_state() && !home.is_office())
        throw std::runtime_error("\"" + home_text + "\" is no home of accounts: state:CL or office:secretariat");
    store::Connection db(database_path(config), store::OpenMode::read_only);
    store::ReadScope snapshot(db);
    std::string lines, after;
    for (;;) {
        const auto page = service::list_accounts(db, domain::machine_operator(), i18n::Language::en, accounts_per_page, after).value();
        for (const auto& item : page.items) {
            const auto& content = item.at("content");
            if (content.at("home") == home.text())
                lines
                    .append(nlohmann::json{{"id", item.at("id")},
                                           {"name", content.at("name")},
                                           {"roles", content.at("roles")},
                                           {"status", content.at("status")},
                                           {"authority", content.at("authority")}}
                                .dump())
                    .append("\n");
        }
        if (!page.next)
            return lines;
        after = *page.next;
    }
}

}  // namespace cbmx
