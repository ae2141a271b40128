// The echo actor once more, in C and without any SDK but the header and the allocator: what the interface looks like from
// below. Answers every HTTP request with what it was.

#include "memory.h"
#include "wasmbus.h"

/// Bytes that are being read. Nothing in them is believed: whatever does not fit sets `failure`, and ends the reading.
struct reader {
    const uint8_t *next, *end;
    const char *failure;
};

struct slice {
    const uint8_t *start;
    uint32_t count;
};

static uint32_t left(const struct reader *reader) { return (uint32_t)(reader->end - reader->next); }

static void fail(struct reader *reader, const char *failure) {
    if (!reader->failure) reader->failure = failure;
    reader->next = reader->end;
}

static struct slice take(struct reader *reader, uint32_t count) {
    if (count > left(reader)) {
        fail(reader, "it ends too early");
        return (struct slice){reader->end, 0};
    }
    struct slice slice = {reader->next, count};
    reader->next += count;
    return slice;
}

/// A big-endian number of `bytes` bytes.
static uint32_t take_number(struct reader *reader, uint32_t bytes) {
    struct slice slice = take(reader, bytes);
    uint32_t number = 0;
    for (uint32_t index = 0; index < slice.count; index++) number = number << 8 | slice.start[index];
    return number;
}

static uint8_t take_byte(struct reader *reader) { return (uint8_t)take_number(reader, 1); }

/// How many bytes the UTF-8 character at the start of a text has; 0 if it has none, an overlong one or a surrogate.
static uint32_t character_size(struct slice text) {
    uint8_t first = text.start[0];
    if (first < 0x80) return 1;
    uint32_t size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (size == 0 || size > text.count) return 0;
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (text.start[1] < low || text.start[1] > high) return 0;
    for (uint32_t index = 2; index < size; index++) {
        if ((text.start[index] & 0xC0) != 0x80) return 0;
    }
    return size;
}

static struct slice read_text(struct reader *reader) {
    uint8_t type = take_byte(reader);
    struct slice text = {0};
    if (type >= 0xA0 && type <= 0xBF) text = take(reader, type & 0x1F);
    else if (type >= 0xD9 && type <= 0xDB) text = take(reader, take_number(reader, 1u << (type - 0xD9)));
    else fail(reader, "expected a text");
    for (uint32_t done = 0, size; done < text.count; done += size) {
        size = character_size((struct slice){text.start + done, text.count - done});
        if (size == 0) {
            fail(reader, "the text is not UTF-8");
            break;
        }
    }
    return text;
}

static struct slice read_bytes(struct reader *reader) {
    uint8_t type = take_byte(reader);
    if (type >= 0xC4 && type <= 0xC6) return take(reader, take_number(reader, 1u << (type - 0xC4)));
    fail(reader, "expected bytes");
    return (struct slice){reader->end, 0};
}

/// Reads the header of a map or an array.
/// \param few the header's byte for no items, \param many the one whose count takes two bytes.
static uint32_t read_count(struct reader *reader, uint8_t few, uint8_t many, const char *failure) {
    uint8_t type = take_byte(reader);
    if (type >= few && type <= few + 15) return type & 0xF;
    if (type == many) return take_number(reader, 2);
    if (type == many + 1) return take_number(reader, 4);
    fail(reader, failure);
    return 0;
}

static uint32_t read_map(struct reader *reader) { return read_count(reader, 0x80, 0xDE, "expected a map"); }
static uint32_t read_array(struct reader *reader) { return read_count(reader, 0x90, 0xDC, "expected an array"); }

static void skip_headers(struct reader *reader) {
    for (uint32_t names = read_map(reader); names > 0 && !reader->failure; names--) {
        read_text(reader);
        for (uint32_t values = read_array(reader); values > 0 && !reader->failure; values--) read_text(reader);
    }
}

/// Whether a slice is a literal.
#define EQUALS(slice, text) ((slice).count == sizeof text - 1 && memcmp((slice).start, text, sizeof text - 1) == 0)

struct request {
    struct slice method, path, query_string, body;
};

/// Unlike the Swift SDK it knows only the fields of the contract, and only by name.
static struct request read_request(struct reader *reader) {
    struct request request = {0};
    for (uint32_t fields = read_map(reader); fields > 0 && !reader->failure; fields--) {
        struct slice name = read_text(reader);
        if (EQUALS(name, "method")) request.method = read_text(reader);
        else if (EQUALS(name, "path")) request.path = read_text(reader);
        else if (EQUALS(name, "queryString")) request.query_string = read_text(reader);
        else if (EQUALS(name, "header")) skip_headers(reader);
        else if (EQUALS(name, "body")) request.body = read_bytes(reader);
        else fail(reader, "unknown field");
    }
    if (!request.method.start || !request.path.start) fail(reader, "there is no method or no path");
    if (reader->next != reader->end) fail(reader, "it should end here");
    return request;
}

/// Where to write next. It has room: whoever makes it knows how much will be written at most.
struct writer {
    uint8_t *start, *next;
};

static struct writer writer(uint32_t capacity) {
    uint8_t *start = malloc(capacity);
    return (struct writer){start, start};
}

static uint32_t written(const struct writer *writer) { return (uint32_t)(writer->next - writer->start); }
static void put(struct writer *writer, uint8_t byte) { *writer->next++ = byte; }

static void put_bytes(struct writer *writer, const void *bytes, uint32_t count) {
    memcpy(writer->next, bytes, count);
    writer->next += count;
}

/// Puts a literal.
#define PUT(writer, text) put_bytes(writer, text, sizeof text - 1)

static void put_decimal(struct writer *writer, uint8_t number) {
    if (number >= 100) put(writer, '0' + number / 100);
    if (number >= 10) put(writer, '0' + number / 10 % 10);
    put(writer, '0' + number % 10);
}

/// At most six bytes for each of the text's, and two.
static void put_json(struct writer *writer, struct slice text) {
    put(writer, '"');
    for (uint32_t index = 0; index < text.count; index++) {
        uint8_t byte = text.start[index];
        if (byte < 0x20) {
            PUT(writer, "\\u00");
            put(writer, '0' + byte / 16);
            put(writer, "0123456789abcdef"[byte % 16]);
        } else {
            if (byte == '"' || byte == '\\') put(writer, '\\');
            put(writer, byte);
        }
    }
    put(writer, '"');
}

static int32_t answer(const struct writer *writer) {
    wasmbus_guest_response(writer->start, written(writer));
    return 1;
}

static int32_t refuse(struct slice operation, const char *cause, int names_operation) {
    struct writer text = writer(128 + 2 * operation.count);
    PUT(&text, "Guest call failed for method ");
    put_bytes(&text, operation.start, operation.count);
    PUT(&text, ": ");
    put_bytes(&text, cause, (uint32_t)strlen(cause));
    if (names_operation) {
        put_bytes(&text, operation.start, operation.count);
        PUT(&text, " - unknown method");
    }
    wasmbus_guest_error(text.start, written(&text));
    free(text.start);
    return 0;
}

static int32_t respond(struct request request) {
    uint64_t most = 64 + 4 * (uint64_t)request.body.count
        + 6 * ((uint64_t)request.method.count + request.path.count + request.query_string.count);
    if (most > 0x10000000) __builtin_trap();  // far beyond what a host lets through
    struct writer json = writer((uint32_t)most);
    PUT(&json, "{\"body\":[");
    for (uint32_t index = 0; index < request.body.count; index++) {
        if (index > 0) put(&json, ',');
        put_decimal(&json, request.body.start[index]);
    }
    PUT(&json, "],\"method\":");
    put_json(&json, request.method);
    PUT(&json, ",\"path\":");
    put_json(&json, request.path);
    PUT(&json, ",\"query_string\":");
    put_json(&json, request.query_string);
    put(&json, '}');

    uint32_t count = written(&json);
    struct writer message = writer(count + 64);
    PUT(&message, "\x83\xAA" "statusCode\xCC\xC8\xA6header\x80\xA4" "body");
    if (count <= 0xFF) {
        put(&message, 0xC4);
    } else {
        put(&message, 0xC6);
        put(&message, (uint8_t)(count >> 24));
        put(&message, (uint8_t)(count >> 16));
        put(&message, (uint8_t)(count >> 8));
    }
    put(&message, (uint8_t)count);
    put_bytes(&message, json.start, count);
    int32_t result = answer(&message);
    free(json.start);
    free(message.start);
    return result;
}

WASMBUS_EXPORT("__guest_call")
int32_t guest_call(uint32_t operation_count, uint32_t argument_count) {
    uint8_t *bytes = malloc((size_t)operation_count + argument_count);
    wasmbus_guest_request(bytes, bytes + operation_count);
    struct slice operation = {bytes, operation_count};
    int32_t result;
    if (EQUALS(operation, "Actor.HealthRequest")) {
        static const char healthy[] = "\x81\xA7healthy\xC3";
        wasmbus_guest_response((const uint8_t *)healthy, sizeof healthy - 1);
        result = 1;
    } else if (EQUALS(operation, "HttpServer.HandleRequest")) {
        struct reader reader = {bytes + operation_count, bytes + operation_count + argument_count, 0};
        struct request request = read_request(&reader);
        result = reader.failure ? refuse(operation, reader.failure, 0) : respond(request);
    } else {
        result = refuse(operation, "method not handled ", 1);
    }
    free(bytes);
    return result;
}

WASMBUS_EXPORT("__wasmbus_rpc_version")
uint32_t rpc_version(void) { return 1; }
