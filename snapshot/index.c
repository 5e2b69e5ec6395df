/* index.c: index.sqlite, what the blobs are. Schema in docs/formats.md. */
#include "snapshot/internal.h"

enum { SCHEMA_VERSION = 1, BUSY_MS = 20000 };

static const char schema[] =
    "CREATE TABLE runs(id TEXT PRIMARY KEY, notebook TEXT NOT NULL, status TEXT NOT NULL, started REAL NOT "
    "NULL,"
    " finished REAL NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE blobs(digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE layers(run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, cell INTEGER NOT NULL,"
    " digest TEXT NOT NULL REFERENCES blobs(digest), bytes INTEGER NOT NULL, PRIMARY KEY(run, cell)) WITHOUT "
    "ROWID;"
    "CREATE INDEX layers_by_digest ON layers(digest);"
    "PRAGMA user_version=1;";

static int fail(struct cb_error *err, sqlite3 *db, const char *what)
{
    int code = sqlite3_errcode(db);
    bool host =
        code == SQLITE_FULL || code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_IOERR;
    cb_fail(err, -EIO, host ? CB_EXIT_HOST : CB_EXIT_INTERNAL, "store index", "%s: %s", what,
            sqlite3_errmsg(db));
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        cb_error_remedy(err, "move index.sqlite out of the store; blobs stay valid without it");
    return -EIO;
}

static int user_version(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        version = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    return version;
}

static int prepare_schema(sqlite3 *db, struct cb_error *err)
{
    /* NORMAL may lose the last transactions with the power, never the consistency: blobs are synced before.
     */
    if (sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;", NULL,
                     NULL, NULL))
        return fail(err, db, "cannot open the index");
    int version = user_version(db);
    if (version == SCHEMA_VERSION)
        return 0;
    if (version < 0)
        return fail(err, db, "cannot read the index");
    if (version > 0) {
        cb_fail(err, -EPROTO, CB_EXIT_HOST, "store index",
                "the store's index has schema %d, this program knows %d", version, SCHEMA_VERSION);
        cb_error_remedy(err, "use a newer cellblock, or another --store");
        return -EPROTO;
    }
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) || sqlite3_exec(db, schema, NULL, NULL, NULL) ||
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))
        return fail(err, db, "cannot create the index");
    return 0;
}

int cb_index_open(const char *path, sqlite3 **out, struct cb_error *err)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW;
    int code = sqlite3_open_v2(path, &db, flags, NULL) ? fail(err, db, "cannot open the index") : 0;
    if (code == 0) {
        sqlite3_busy_timeout(db, BUSY_MS);
        code = prepare_schema(db, err);
    }
    if (code < 0) {
        sqlite3_close(db);
        return code;
    }
    *out = db;
    return 0;
}

/* Run a prepared statement once and make it ready for the next row. */
static bool step(sqlite3_stmt *q)
{
    bool done = sqlite3_step(q) == SQLITE_DONE;
    return sqlite3_reset(q) == SQLITE_OK && done;
}

static bool record_run(sqlite3 *db, const char *run, const char *notebook, const char *status, double started)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO runs(id, notebook, status, started, finished) VALUES(?, ?, ?, ?, ?)",
                           -1, &q, NULL))
        return false;
    sqlite3_bind_text(q, 1, run, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, notebook ? notebook : "", -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 3, status ? status : "", -1, SQLITE_STATIC);
    sqlite3_bind_double(q, 4, started);
    sqlite3_bind_double(q, 5, cb_realtime());
    bool ok = step(q);
    sqlite3_finalize(q);
    return ok;
}

static bool record_layers(sqlite3 *db, const char *run, const struct cb_index_layer *layers, size_t n)
{
    sqlite3_stmt *blob = NULL, *layer = NULL;
    bool ok =
        !sqlite3_prepare_v2(db, "INSERT OR IGNORE INTO blobs(digest, bytes) VALUES(?, ?)", -1, &blob, NULL) &&
        !sqlite3_prepare_v2(db, "INSERT INTO layers(run, cell, digest, bytes) VALUES(?, ?, ?, ?)", -1, &layer,
                            NULL);
    for (size_t i = 0; ok && i < n; i++) {
        sqlite3_bind_text(blob, 1, layers[i].digest, -1, SQLITE_STATIC);
        sqlite3_bind_int64(blob, 2, (sqlite3_int64)layers[i].bytes);
        sqlite3_bind_text(layer, 1, run, -1, SQLITE_STATIC);
        sqlite3_bind_int(layer, 2, layers[i].cell);
        sqlite3_bind_text(layer, 3, layers[i].digest, -1, SQLITE_STATIC);
        sqlite3_bind_int64(layer, 4, (sqlite3_int64)layers[i].bytes);
        ok = step(blob) && step(layer);
    }
    sqlite3_finalize(blob);
    sqlite3_finalize(layer);
    return ok;
}

int cb_index_record(sqlite3 *db, const char *run, const char *notebook, const char *status, double started,
                    const struct cb_index_layer *layers, size_t n, struct cb_error *err)
{
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
        return fail(err, db, "cannot lock the index");
    if (record_run(db, run, notebook, status, started) && record_layers(db, run, layers, n) &&
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    int code = fail(err, db, "cannot record the run");
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
