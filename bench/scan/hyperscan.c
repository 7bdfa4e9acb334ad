/*
 * Scans a file with Hyperscan in block mode and prints matches and processor seconds of the scan alone.
 * usage: hyperscan PATTERNS FILE RUNS, where each line of PATTERNS is "i" (caseless) or "-", a space and a pattern.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define MOST_PATTERNS 2048

static double processor_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int count_match(unsigned int id, unsigned long long from, unsigned long long to, unsigned int flags, void *context) {
  (void)id, (void)from, (void)to, (void)flags;
  ++*(unsigned long long *)context;
  return 0;
}

static char *read_file(const char *path, long *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) { perror(path); exit(2); }
  *length = ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (bytes == NULL || fread(bytes, 1, *length, file) != (size_t)*length) { perror(path); exit(2); }
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 4) { fputs("usage: hyperscan PATTERNS FILE RUNS\n", stderr); return 2; }
  long pattern_bytes, file_bytes;
  char *patterns = read_file(argv[1], &pattern_bytes), *bytes = read_file(argv[2], &file_bytes);
  const char *expressions[MOST_PATTERNS];
  unsigned int flags[MOST_PATTERNS], ids[MOST_PATTERNS], count = 0;
  for (char *line = strtok(patterns, "\n"); line != NULL && count < MOST_PATTERNS; line = strtok(NULL, "\n")) {
    flags[count] = line[0] == 'i' ? HS_FLAG_CASELESS : 0;
    expressions[count] = line + 2;
    ids[count] = count;
    count++;
  }
  hs_database_t *database;
  hs_compile_error_t *error;
  hs_scratch_t *scratch = NULL;
  if (hs_compile_multi(expressions, flags, ids, count, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
    fprintf(stderr, "pattern %d: %s\n", error->expression, error->message);
    return 2;
  }
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return 2;
  for (int run = 0; run < atoi(argv[3]); run++) {
    unsigned long long matches = 0;
    double before = processor_seconds();
    if (hs_scan(database, bytes, file_bytes, 0, scratch, count_match, &matches) != HS_SUCCESS) return 2;
    printf("%llu %.6f\n", matches, processor_seconds() - before);
  }
  return 0;
}
