/* Call one kernel on memory that the standard input describes, and write what it left there: so an emulator can run it.
 *
 * The input is 64-bit numbers and bytes: how many pieces of memory, and of each its size and bytes; how many pointers, and
 * of each the piece and the byte where it stands and the piece it points to. The kernel takes the first piece.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int citewell_best_isa(void);
uint32_t citewell_checksum(const uint8_t *bytes, size_t count, uint32_t before);
void citewell_attend(void *), citewell_gate(void *), citewell_multiply(void *), citewell_normalise(void *), citewell_quantise(void *);

static const struct {
    const char *name;
    void (*function)(void *);
} KERNELS[] = {
    {"attend", citewell_attend},       {"gate", citewell_gate},         {"multiply", citewell_multiply},
    {"normalise", citewell_normalise}, {"quantise", citewell_quantise},
};

static void take(void *to, size_t size)
{
    if (fread(to, 1, size, stdin) != size) exit(2);
}

static size_t number(void)
{
    int64_t value;
    take(&value, sizeof value);
    return (size_t)value;
}

int main(int count, char **arguments)
{
    if (count != 2) return 2;
    if (!strcmp(arguments[1], "level")) return printf("%d", citewell_best_isa()) < 0;
    const size_t pieces = number();
    size_t *sizes = calloc(pieces, sizeof *sizes);
    char **memory = calloc(pieces, sizeof *memory);
    for (size_t i = 0; i < pieces; i++) {
        sizes[i] = number();
        memory[i] = aligned_alloc(64, (sizes[i] + 127) / 64 * 64);
        take(memory[i], sizes[i]);
    }
    for (size_t left = number(); left; left--) {
        const size_t holder = number(), at = number(), target = number();
        memcpy(memory[holder] + at, &memory[target], sizeof memory[target]);
    }
    if (!strcmp(arguments[1], "checksum"))
        return printf("%u", citewell_checksum((uint8_t *)memory[0], sizes[0], 0)) < 0;
    for (size_t i = 0; i < sizeof KERNELS / sizeof *KERNELS; i++)
        if (!strcmp(arguments[1], KERNELS[i].name)) {
            KERNELS[i].function(memory[0]);
            for (size_t j = 0; j < pieces; j++) fwrite(memory[j], 1, sizes[j], stdout);
            return 0;
        }
    return 2;
}
