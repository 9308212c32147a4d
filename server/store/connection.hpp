// What every file of the store reads and writes through: Sql, Connection, Rows, the scopes of transactions, StoreError. This
// file and store/engine.hpp are where the storage engine is chosen; nothing else outside store/sqlite names it.
#pragma once
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/scopes.hpp"
#include "store/sqlite/sqlite.hpp"
