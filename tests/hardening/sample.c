/* A program with none of the protections that a release has. */
#include <string.h>

int main(int argc, char** argv) {
  char text[8];
  strcpy(text, argv[0]);
  return text[0] + argc;
}
