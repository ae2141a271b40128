// Bytes and branches: reads `size` KiB of JSON, a text of 64 KiB over and over, into tokens.
#include "kernel.h"

enum { TEXT_BYTES = 65536 };
static char text[TEXT_BYTES + 256];
static uint32_t text_bytes;

static void put(const char *part) { while (*part) text[text_bytes++] = *part++; }

static void put_number(uint32_t number) {
    char digits[10];
    int count = 0;
    do digits[count++] = (char)('0' + number % 10); while (number /= 10);
    while (count) text[text_bytes++] = digits[--count];
}

static void make_text(void) {
    static const char *const names[] = {"alpha", "a longer name", "with \\\"quotes\\\"", "x"};
    uint32_t random = 2463534242u;
    put("[");
    while (text_bytes < TEXT_BYTES) {
        put("{\"id\": ");
        put_number(next_random(&random));
        put(", \"name\": \"");
        put(names[next_random(&random) & 3]);
        put("\", \"ok\": ");
        put(next_random(&random) & 1 ? "true" : "false");
        put(", \"list\": [-1.5e3, null, ");
        put_number(next_random(&random) & 1023);
        put("]},\n ");
    }
    put("{}]");
}

struct Reader {
    const char *at, *end;
    uint32_t depth, depth_max, strings, numbers, words, checksum;
};

static void read_string(struct Reader *reader) {
    const char *at = reader->at + 1;
    uint32_t hash = 2166136261u;
    while (at < reader->end && *at != '"') {
        if (*at == '\\') at++;
        hash = (hash ^ (uint8_t)*at++) * 16777619u;
    }
    reader->checksum += hash;
    reader->strings++;
    reader->at = at + 1;
}

static void read_number(struct Reader *reader) {
    const char *at = reader->at;
    uint32_t value = 0;
    while (at < reader->end
           && ((*at >= '0' && *at <= '9') || *at == '-' || *at == '+' || *at == '.' || *at == 'e' || *at == 'E')) {
        if (*at >= '0' && *at <= '9') value = value * 10 + (uint32_t)(*at - '0');
        at++;
    }
    reader->checksum ^= value;
    reader->numbers++;
    reader->at = at;
}

static NOINLINE void read_tokens(struct Reader *reader) {
    while (reader->at < reader->end) {
        char next = *reader->at;
        switch (next) {
        case ' ': case '\n': case '\t': case '\r': case ',': case ':': reader->at++; break;
        case '{': case '[':
            if (++reader->depth > reader->depth_max) reader->depth_max = reader->depth;
            reader->at++;
            break;
        case '}': case ']':
            reader->depth--;
            reader->at++;
            break;
        case '"': read_string(reader); break;
        default:
            if (next == '-' || (next >= '0' && next <= '9')) { read_number(reader); break; }
            while (reader->at < reader->end && *reader->at >= 'a' && *reader->at <= 'z') reader->at++;
            reader->words++;
        }
    }
}

static uint64_t kernel(uint32_t size) {
    make_text();
    struct Reader reader = {0};
    for (uint32_t left = size; left;) {
        uint32_t kibibytes = left < TEXT_BYTES / 1024 ? left : TEXT_BYTES / 1024;
        reader.at = text;
        reader.end = text + kibibytes * 1024;
        read_tokens(&reader);
        left -= kibibytes;
    }
    return ((uint64_t)reader.checksum << 32) + reader.strings * 31 + reader.numbers * 7 + reader.words + reader.depth_max;
}
