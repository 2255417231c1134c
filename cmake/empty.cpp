// What the precompiled headers are made with; nothing is linked from it.
int main() {
  return 0;
}
