// What a storage engine throws: the machine or the program is broken, as far as callers tell one from another.
#pragma once
#include <stdexcept>
#include <string>

namespace cbmx::store {

enum class StoreFault {
    busy,         // another connection holds what is needed
    full,         // no room on the disk: there may be some again
    io,           // the disk failed to read, write or sync
    corrupt,      // the file is damaged, or is no database
    read_only,    // the file or its directory may not be written to
    cannot_open,  // not there, or not ours to open
    constraint,   // a rule of the schema
    interrupted,
    too_large,  // what is tried out changes more than memory holds for it
    other,      // a statement that cannot be, memory, what has no name here
};

struct StoreError : std::runtime_error {
    StoreError(StoreFault fault, int engine_code, const std::string& what) : std::runtime_error(what), kind(fault), code(engine_code) {}
    StoreFault kind;
    int code;  // the engine's own, for the log alone

    // The disk or the file, not the statement.
    bool is_disk() const
    {
        switch (kind) {
        case StoreFault::full:
        case StoreFault::io:
        case StoreFault::corrupt:
        case StoreFault::read_only:
        case StoreFault::cannot_open: return true;
        case StoreFault::busy:
        case StoreFault::constraint:
        case StoreFault::interrupted:
        case StoreFault::too_large:
        case StoreFault::other: return false;
        }
        return false;
    }
    // What was written before may be lost or wrong: such a file is written to no more.
    bool is_damage() const { return kind == StoreFault::io || kind == StoreFault::corrupt; }
};

}  // namespace cbmx::store
