// `cbmx init`: the files of a new portal and its first entries; see app.hpp. What the entries say: operation/new_portal.hpp.
#include "app.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "operation/new_portal.hpp"
#include "service/accounts/authenticate.hpp"
#include "store/engine.hpp"
#include <filesystem>
#include <sys/stat.h>

namespace cbmx {
namespace {

// Makes the key file unless it exists.
void ensure_log_key(const std::string& path, const base::RandomSource& random)
{
    if (std::filesystem::exists(path))
        return;
    std::filesystem::create_directories(std::filesystem::absolute(path).parent_path());
    service::write_key_file(path, {{base::Ed25519Key::generate(random)}, {}});
}

}  // namespace

CreatedPortal create_portal(const Config& config, bool demo, const Sources& sources, bool with_terms)
{
    std::filesystem::create_directories(config.data);
    chmod(config.data.c_str(), 0700);
    const DataLock lock(config.data);
    if (std::filesystem::exists(database_path(config)))
        throw std::runtime_error("there is a portal already in " + config.data);
    ensure_log_key(config.log_key, sources.random);
    const auto keys = service::read_key_file(config.log_key);
    {
        store::Connection connection(database_path(config), store::OpenMode::read_write);
        store::migrate(connection, store::embedded_migrations());
    }
    CreatedPortal founded;
    store::Database database(
        {.path = database_path(config), .clock = sources.clock, .random = sources.random, .keys = keys.ring(config.origin)});
    const auto token = service::new_token(sources.random);
    const auto end = database.writer().run([&](store::Transaction& transaction) {
        const auto outcome = service::create_portal(transaction, {.origin = config.origin,
                                                                  .log_key = keys.keys.front().public_key(),
                                                                  .first_token = base::sha256(token),
                                                                  .demo = demo,
                                                                  .with_terms = with_terms,
                                                                  .software = service::this_software(CBMX_VERSION)});
        if (!outcome)
            throw std::runtime_error("cannot create the portal: " + std::string(domain::row_of(outcome.error().code).slug));
        founded = {outcome->id, token};
        return true;
    });
    if (end != store::WriteEnd::decided)
        throw std::runtime_error("the first entries could not be written: see the log");
    return founded;
}

}  // namespace cbmx
