// A module with 60 kB of data in 17 pages, and a call that writes eight pages of 4 KiB.
static char data[60000] = "not zero, and therefore in the module";
static volatile char room[1 << 20];

__attribute__((export_name("write"))) int write_pages(int value) {
    for (int page = 0; page < 8; page++) room[page * 8192] = (char)value;
    return data[value & 15];
}
