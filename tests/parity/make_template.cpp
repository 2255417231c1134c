#include "tests/parity/make_template.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace reconciled::parity {
namespace {

/// A function and what it wants, a letter an argument: s string, i integer, f float, l list, m map, a anything,
/// b boolean, p pattern, v version, c constraint, y YAML, j JSON, o TOML, k key, t a template, d duration, e date,
/// z zone, u URL, h layout of a date, S list of strings, + any more of the last, | optional ones follow.
struct Function {
  std::string_view name;
  std::string_view arguments;
};

constexpr std::array k_functions{
    // text/template
    Function{"and", "aa+"},
    Function{"or", "aa+"},
    Function{"not", "a"},
    Function{"eq", "aa+"},
    Function{"eq", "ss"},
    Function{"eq", "ii"},
    Function{"ne", "aa"},
    Function{"lt", "ii"},
    Function{"lt", "ss"},
    Function{"le", "ff"},
    Function{"gt", "aa"},
    Function{"ge", "ff"},
    Function{"len", "s"},
    Function{"len", "l"},
    Function{"len", "m"},
    Function{"index", "li"},
    Function{"index", "mk"},
    Function{"index", "ak"},
    Function{"html", "a"},
    Function{"js", "s"},
    Function{"urlquery", "a"},
    Function{"print", "aa+"},
    Function{"println", "aa+"},
    // strings
    Function{"abbrev", "is"},
    Function{"abbrevboth", "iis"},
    Function{"cat", "aa+"},
    Function{"contains", "ss"},
    Function{"hasPrefix", "ss"},
    Function{"hasSuffix", "ss"},
    Function{"indent", "is"},
    Function{"nindent", "is"},
    Function{"initials", "s"},
    Function{"kebabcase", "s"},
    Function{"snakecase", "s"},
    Function{"camelcase", "s"},
    Function{"lower", "s"},
    Function{"upper", "s"},
    Function{"nospace", "s"},
    Function{"plural", "ssi"},
    Function{"quote", "a+"},
    Function{"squote", "a+"},
    Function{"repeat", "is"},
    Function{"replace", "sss"},
    Function{"substr", "iis"},
    Function{"swapcase", "s"},
    Function{"title", "s"},
    Function{"toString", "a"},
    Function{"trim", "s"},
    Function{"trimAll", "ss"},
    Function{"trimall", "ss"},
    Function{"trimPrefix", "ss"},
    Function{"trimSuffix", "ss"},
    Function{"trunc", "is"},
    Function{"untitle", "s"},
    Function{"wrap", "is"},
    Function{"wrapWith", "iss"},
    Function{"split", "ss"},
    Function{"splitList", "ss"},
    Function{"splitn", "sis"},
    Function{"join", "sl"},
    Function{"join", "sa"},
    Function{"toStrings", "a"},
    Function{"sortAlpha", "l"},
    Function{"sortAlpha", "a"},
    // numbers
    Function{"add", "aa+"},
    Function{"add1", "a"},
    Function{"add1f", "a"},
    Function{"addf", "aa+"},
    Function{"atoi", "s"},
    Function{"biggest", "aa+"},
    Function{"ceil", "a"},
    Function{"div", "ai"},
    Function{"divf", "ff+"},
    Function{"float64", "a"},
    Function{"floor", "a"},
    Function{"int", "a"},
    Function{"int64", "a"},
    Function{"max", "ii+"},
    Function{"maxf", "ff+"},
    Function{"min", "aa+"},
    Function{"minf", "ff+"},
    Function{"mod", "ai"},
    Function{"mul", "aa+"},
    Function{"mulf", "ff+"},
    Function{"round", "fi"},
    Function{"round", "aif"},
    Function{"seq", "i+"},
    Function{"sub", "ai"},
    Function{"subf", "ff+"},
    Function{"toDecimal", "a"},
    Function{"until", "i"},
    Function{"untilStep", "iii"},
    // lists
    Function{"append", "la"},
    Function{"push", "la"},
    Function{"prepend", "la"},
    Function{"first", "l"},
    Function{"last", "l"},
    Function{"rest", "l"},
    Function{"initial", "l"},
    Function{"reverse", "l"},
    Function{"uniq", "l"},
    Function{"without", "la+"},
    Function{"has", "al"},
    Function{"compact", "l"},
    Function{"concat", "ll+"},
    Function{"chunk", "il"},
    Function{"slice", "lii"},
    Function{"slice", "li"},
    Function{"list", "a+"},
    Function{"tuple", "a+"},
    Function{"all", "a+"},
    Function{"any", "a+"},
    Function{"mustAppend", "la"},
    Function{"mustPush", "la"},
    Function{"mustPrepend", "la"},
    Function{"mustFirst", "l"},
    Function{"mustLast", "l"},
    Function{"mustRest", "l"},
    Function{"mustInitial", "l"},
    Function{"mustReverse", "l"},
    Function{"mustUniq", "l"},
    Function{"mustWithout", "la+"},
    Function{"mustHas", "al"},
    Function{"mustSlice", "li"},
    Function{"mustCompact", "l"},
    Function{"mustChunk", "il"},
    // maps
    Function{"dict", "kaka"},
    Function{"dict", "ka"},
    Function{"get", "mk"},
    Function{"set", "mka"},
    Function{"unset", "mk"},
    Function{"hasKey", "mk"},
    Function{"pluck", "kmm+"},
    Function{"pick", "mk+"},
    Function{"omit", "mk+"},
    Function{"merge", "mm+"},
    Function{"mergeOverwrite", "mm+"},
    Function{"deepCopy", "a"},
    Function{"mustDeepCopy", "a"},
    Function{"mustMerge", "mm+"},
    Function{"mustMergeOverwrite", "mm+"},
    Function{"dig", "kam"},
    Function{"dig", "kkam"},
    // defaults and flow
    Function{"default", "aa"},
    Function{"empty", "a"},
    Function{"coalesce", "a+"},
    Function{"ternary", "aab"},
    Function{"required", "sa"},
    Function{"fail", "s"},
    Function{"lookup", "ssss"},
    // documents
    Function{"toYaml", "a"},
    Function{"toYamlPretty", "a"},
    Function{"mustToYaml", "a"},
    Function{"fromYaml", "y"},
    Function{"fromYamlArray", "y"},
    Function{"toJson", "a"},
    Function{"mustToJson", "a"},
    Function{"toPrettyJson", "a"},
    Function{"toRawJson", "a"},
    Function{"fromJson", "j"},
    Function{"fromJsonArray", "j"},
    Function{"mustFromJson", "j"},
    Function{"mustToPrettyJson", "a"},
    Function{"mustToRawJson", "a"},
    Function{"toToml", "a"},
    Function{"fromToml", "o"},
    // reflection
    Function{"typeOf", "a"},
    Function{"typeIs", "sa"},
    Function{"typeIsLike", "sa"},
    Function{"kindOf", "a"},
    Function{"kindIs", "sa"},
    Function{"deepEqual", "aa"},
    // regular expressions
    Function{"regexMatch", "ps"},
    Function{"regexFind", "ps"},
    Function{"regexFindAll", "psi"},
    Function{"regexReplaceAll", "pss"},
    Function{"regexReplaceAllLiteral", "pss"},
    Function{"regexSplit", "psi"},
    Function{"regexQuoteMeta", "s"},
    Function{"mustRegexMatch", "ps"},
    Function{"mustRegexFind", "ps"},
    Function{"mustRegexFindAll", "psi"},
    Function{"mustRegexReplaceAll", "pss"},
    Function{"mustRegexReplaceAllLiteral", "pss"},
    Function{"mustRegexSplit", "psi"},
    // dates
    Function{"date", "he"},
    Function{"dateInZone", "hez"},
    Function{"date_in_zone", "hez"},
    Function{"htmlDate", "e"},
    Function{"htmlDateInZone", "ez"},
    Function{"duration", "a"},
    Function{"durationRound", "d"},
    Function{"toDate", "hs"},
    Function{"mustToDate", "hs"},
    Function{"unixEpoch", "e"},
    // encodings
    Function{"b64enc", "s"},
    Function{"b64dec", "s"},
    Function{"b32enc", "s"},
    Function{"b32dec", "s"},
    Function{"sha1sum", "s"},
    Function{"sha256sum", "s"},
    Function{"sha512sum", "s"},
    Function{"adler32sum", "s"},
    // paths and URLs
    Function{"base", "s"},
    Function{"dir", "s"},
    Function{"clean", "s"},
    Function{"ext", "s"},
    Function{"isAbs", "s"},
    Function{"osBase", "s"},
    Function{"osDir", "s"},
    Function{"osClean", "s"},
    Function{"osExt", "s"},
    Function{"osIsAbs", "s"},
    Function{"urlParse", "u"},
    Function{"urlJoin", "m"},
    // versions
    Function{"semver", "v"},
    Function{"semverCompare", "cv"},
    // Helm
    Function{"include", "ka"},
    Function{"tpl", "ta"},
};

/// What is random, slow or in no order, asked so that the answer is the same each time.
constexpr std::array<std::string_view, 38> k_shapes{
    "randAlpha 5 | len",
    "randAlphaNum 7 | len",
    "randAscii 3 | len",
    "randNumeric 4 | regexMatch \"^[0-9]{4}$\"",
    "randBytes 6 | b64dec | len",
    "randInt 3 4",
    "uuidv4 | len",
    "shuffle \"abc\" | len",
    "now | kindOf",
    "now | typeOf",
    "ago now | kindOf",
    "keys .Values | sortAlpha",
    "keys .Values.m .Release | sortAlpha",
    "values .Release",
    "values (dict \"a\" .Values.l)",
    "(toDate \"2006-01-02\" \"2020-02-29\") | dateModify \"-1.5h\" | date \"2006-01-02T15:04:05\"",
    "(toDate \"2006-01-02\" \"2020-02-29\") | date_modify \"x\" | unixEpoch",
    "(toDate \"2006-01-02\" \"2020-02-29\") | mustDateModify \"24h\" | unixEpoch",
    "(toDate \"2006-01-02\" \"2020-02-29\") | must_date_modify \"1m\" | unixEpoch",
    "derivePassword 1 \"pin\" \"p\" \"u\" \"s.com\"",
    "bcrypt \"x\" | len",
    "htpasswd \"u\" \"p\" | len",
    "htpasswd \"u:\" \"p\"",
    "encryptAES \"k\" .Values.s | decryptAES \"k\"",
    "decryptAES \"k\" \"MDEyMzQ1Njc4OWFiY2RlZg==\"",
    "genPrivateKey \"ecdsa\" | trunc 27",
    "genPrivateKey \"ed25519\" | trunc 27",
    "genPrivateKey \"x\"",
    "(genCA \"c\" 1).Cert | trunc 27",
    "genSelfSignedCert \"c\" (list \"1.2.3.4\") (list \"a.b\") 1 | typeOf",
    "genSignedCert \"c\" nil nil 1 (genCA \"c\" 1) | typeOf",
    "genCAWithKey \"c\" 1 (genPrivateKey \"ecdsa\") | typeOf",
    "genSelfSignedCertWithKey \"c\" nil nil 1 (genPrivateKey \"ed25519\") | typeOf",
    "genSignedCertWithKey \"c\" nil nil 1 (genCAWithKey \"c\" 1 (genPrivateKey \"ecdsa\")) (genPrivateKey \"ecdsa\") | "
    "typeOf",
    "buildCustomCert \"x\" \"y\"",
    "buildCustomCert (b64enc \"x\") (b64enc \"y\")",
    "getHostByName \"localhost\" | quote",
    "hello"};

/// Nothing that is there, or nothing that Go takes.
constexpr std::array<std::string_view, 4> k_bad_literals{"nil", ".Values.missing.deep", ".Chart.Name", ".Values.s.x"};

constexpr std::array<std::string_view, 43> k_literals{"1",
                                                      "0",
                                                      "-1",
                                                      "3",
                                                      "10",
                                                      "100",
                                                      "1.5",
                                                      "-0.5",
                                                      "0.0",
                                                      "1e6",
                                                      "0x10",
                                                      "017",
                                                      "1_000",
                                                      "'a'",
                                                      "true",
                                                      "false",
                                                      "\"\"",
                                                      "\"a\"",
                                                      "\"abc def\"",
                                                      "\"A-b_c\"",
                                                      "\"é日本\"",
                                                      "`raw\\n`",
                                                      "\"a\\nb\\n\"",
                                                      "\"1.2.3\"",
                                                      "\"12\"",
                                                      "\"true\"",
                                                      "\"/a/../b.c\"",
                                                      "\" x \"",
                                                      ".",
                                                      "$",
                                                      ".Values",
                                                      ".Values.missing",
                                                      ".Release",
                                                      ".Release.Name",
                                                      "$.Values.s",
                                                      ".Values.m.s",
                                                      ".Values.i",
                                                      ".Values.f",
                                                      ".Values.l",
                                                      ".Values.m",
                                                      ".Values.b",
                                                      ".Values.z",
                                                      ".Values.e"};

constexpr std::array<std::string_view, 26> k_patterns{
    "[a-z]+", "a|b",   "^a",       "b$",     "(a)(b)?",       "\\\\d+",      "\\\\s",    "[^a-z]", ".",  ".*",
    "x*",     "(?i)A", "(?P<n>a)", "a{2,3}", "\\\\bfoo\\\\b", "[[:alpha:]]", "\\\\p{L}", "(",      "[a", "a**",
    "(?=a)",  "\\\\1", "^$",       "",       "\\\\w+?",       "(?s)a.b"};

constexpr std::array<std::string_view, 30> k_versions{
    "1.2.3",      "v1.2.3",        "1.2",        "1",        "v1",       "1.22.0-gke.100",
    "1.3.0-beta", "1.0.0-alpha.1", "1.2.3+meta", "01.2.3",   "1.2.3-01", "0.0.0",
    "0.2.3",      "2.0.0-rc.1+b",  "v1.35.0",    "1.25.16",  "",         "x",
    "1.2.3.4",    "1.2.-3",        "1..2",       " 1.2.3",   "1.2.3 ",   "99999999999999999999.1.1",
    "1.2.3-",     "1.2.3-a_b",     "1.19",       "1.20.0-0", "10.0.0",   "0.0.3"};

constexpr std::array<std::string_view, 44> k_constraints{">=1.2.0",    ">1.2",       "<2",
                                                         "<=1.2",      "=1.2.3",     "1.2",
                                                         "!=1.2.3",    "!=1.2",      "~1.2.3",
                                                         "~1",         "~>2.0",      "^1.2.3",
                                                         "^0.2.3",     "^0.0.3",     "^0.0",
                                                         "^0",         "1.x",        "*",
                                                         "x",          "1.2.*",      "*-0",
                                                         ">=1.22-0",   ">=1.0 <2.0", ">=1.0, <2.0",
                                                         "1.2 - 1.4",  "1.2.3 - 2",  "<1 || >2",
                                                         "^1 || ^2.1", ">= 1.19-0",  "> 1.0.0-alpha",
                                                         "=>1",        "=<2",        "",
                                                         "a",          ">",          "1.2.3 1.3",
                                                         "~*",         "^x",         ">=1.2.3-beta <2",
                                                         "=v1.2",      " >= 1 ",     ">1 ||",
                                                         "<=1.x",      "!=x"};

constexpr std::array<std::string_view, 24> k_layouts{"2006-01-02",
                                                     "2006-01-02T15:04:05Z07:00",
                                                     "Jan _2 15:04:05",
                                                     "Mon, 02 Jan 2006 15:04:05 MST",
                                                     "3:04PM",
                                                     "02/01/06",
                                                     "January Monday",
                                                     "__2 002",
                                                     "15:04:05.000",
                                                     ".999",
                                                     "05.99",
                                                     "pm",
                                                     "2006",
                                                     "-0700 -07:00 Z0700",
                                                     "",
                                                     "x",
                                                     "1/2/06",
                                                     "Jan 2, 2006 at 3:04pm (MST)",
                                                     "20060102150405",
                                                     "Z07",
                                                     "000000",
                                                     "5,000",
                                                     "Monday, 02-Jan-06",
                                                     "4 04 15"};

constexpr std::array<std::string_view, 12> k_urls{"http://user:pass@host:8080/a/b?q=1#f",
                                                  "https://host",
                                                  "/path/only",
                                                  "mailto:a@b",
                                                  "http://[::1]:80/",
                                                  "://bad",
                                                  "http://h/%zz",
                                                  "a b",
                                                  "",
                                                  "http://h?x=y&z",
                                                  "HTTP://Host/%41",
                                                  "//host/x"};

constexpr std::uint32_t k_outermost = 2;

/// Builds one template, with its nesting bounded.
class TemplateMaker {
 public:
  explicit TemplateMaker(Dice& dice) : m_dice(dice) {}

  std::string make() {
    if (m_dice.one_in(6)) m_out += "{{- define \"h\" -}}<{{ . }}>{{- end -}}";
    body(3, 1 + m_dice.below(3));
    return std::move(m_out);
  }

  std::string call(std::string_view name, std::string_view arguments, std::uint32_t depth) {
    // With anything but a date, these take the time of now.
    const bool strict = arguments.find('e') != std::string_view::npos;
    std::string text(name);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == '+') {
        for (std::size_t more = m_dice.below(3); more > 0; --more) text += " " + argument(arguments[i - 1], depth);
        continue;
      }
      if (!strict && m_dice.one_in(500)) continue;
      text += " " + argument(!strict && m_dice.one_in(90) ? 'a' : arguments[i], depth);
    }
    return text;
  }

  std::string any_call(std::uint32_t depth) {
    constexpr std::size_t k_one_in = k_functions.size() / k_shapes.size();
    if (depth == k_outermost && m_dice.one_in(k_one_in + 1)) return std::string(m_dice.pick_of(k_shapes));
    const Function function = pick_function(depth);
    if (m_dice.one_in(5)) {
      const std::string_view kinds = function.arguments;
      const char last = kinds.back() == '+' ? kinds[kinds.size() - 2] : kinds.back();
      const std::size_t without = kinds.size() - (kinds.back() == '+' ? 2 : 1);
      return argument(last, depth) + " | " + call(function.name, kinds.substr(0, without), depth);
    }
    return call(function.name, function.arguments, depth);
  }

  /// A time inside of another call might be printed with the address of its zone.
  Function pick_function(std::uint32_t depth) {
    while (true) {
      const Function& function = m_dice.pick_of(k_functions);
      if (depth == k_outermost || function.name != "toDate") return function;
    }
  }

  std::string printf(std::uint32_t depth) {
    static constexpr std::string_view k_verbs = "vvTqsdxXobcUeEgGftp%zw";
    static constexpr std::array<std::string_view, 16> k_flags{"",  "",   "",   "",    "+",  "#", "-",   " ",
                                                              "0", "05", "-8", "8.3", ".2", "*", "[2]", "+#"};
    std::string format;
    std::string arguments;
    for (std::size_t i = 1 + m_dice.below(3); i > 0; --i) {
      if (m_dice.one_in(4)) format += "x ";
      format += "%" + std::string(m_dice.pick_of(k_flags));
      char verb = k_verbs[m_dice.below(k_verbs.size())];
      if (verb == 'p') verb = 'v';  // an address
      format += verb;
      if (!m_dice.one_in(12)) arguments += " " + argument(kind_for(verb), depth);
    }
    return "printf \"" + format + "\"" + arguments;
  }

 private:
  char kind_for(char verb) {
    if (m_dice.one_in(3)) return 'a';
    switch (verb) {
      case 'd':
      case 'x':
      case 'X':
      case 'o':
      case 'b':
      case 'c':
      case 'U': return 'i';
      case 'e':
      case 'E':
      case 'g':
      case 'G':
      case 'f': return 'f';
      case 's':
      case 'q': return 's';
      case 't': return 'b';
      default: return 'a';
    }
  }

  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\')
        (out += '\\') += c;
      else if (c == '\n')
        out += "\\n";
      else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F')
        out += "\\x" + std::string(1, "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]) +
               std::string(1, "0123456789abcdef"[c & 15]);
      else
        out += c;
    }
    return out + "\"";
  }
  std::string text_literal() {
    std::string text = make_text(m_dice);
    if (text.size() > 300) text.resize(3);
    std::erase_if(text, [](char c) { return c == '\0'; });
    return quoted(text);
  }
  std::string escaped(std::string_view already_escaped) { return "\"" + std::string(already_escaped) + "\""; }

  std::string nested(std::uint32_t depth) {
    if (m_dice.one_in(6)) return "(" + printf(depth - 1) + ")";
    return "(" + any_call(depth - 1) + ")";
  }

  std::string argument(char kind, std::uint32_t depth) {
    if (kind == 'a' && depth > 0 && m_dice.one_in(4)) return nested(depth);
    switch (kind) {
      case 's': return string_argument();
      case 'k': return m_dice.one_in(2) ? quoted(short_key()) : string_argument();
      case 'i':
        return m_dice.one_in(4)   ? "(int " + small_number() + ")"
               : m_dice.one_in(3) ? ".Values.i"
                                  : std::to_string(static_cast<int>(m_dice.below(14)) - 3);
      case 'f': return m_dice.one_in(3) ? ".Values.f" : m_dice.one_in(2) ? number_literal() : literal();
      case 'l': return list_argument(depth);
      case 'm': return map_argument(depth);
      case 'b': return m_dice.one_in(2) ? ".Values.b" : "true";
      case 'p': return escaped(m_dice.pick_of(k_patterns));
      case 'v': return quoted(mostly_first(k_versions, 16));
      case 'c': return quoted(mostly_first(k_constraints, 32));
      case 'h': return quoted(m_dice.pick_of(k_layouts));
      case 'u': return quoted(m_dice.pick_of(k_urls));
      case 'z': return m_dice.one_in(2) ? "\"UTC\"" : m_dice.one_in(2) ? "\"Europe/Berlin\"" : "\"Nowhere/X\"";
      case 'e':
        return "(toDate \"2006-01-02T15:04:05Z\" \"20" + std::to_string(10 + m_dice.below(30)) + "-0" +
               std::to_string(1 + m_dice.below(9)) + "-1" + std::to_string(m_dice.below(10)) + "T0" +
               std::to_string(m_dice.below(10)) + ":00:07Z\")";
      case 'd': return m_dice.one_in(2) ? "\"2h3m4.5s\"" : string_argument();
      case 'y': return m_dice.one_in(2) ? "\"a: 1\\nb: [x, 2]\\n\"" : "(toYaml " + literal() + ")";
      case 'j': return m_dice.one_in(2) ? "(toJson " + literal() + ")" : quoted(make_small_json());
      case 'o': return "(toToml " + map_argument(depth) + ")";
      case 't': return quoted("{{ " + any_call(0) + " }}");
      default: return literal();
    }
  }

  /// The first ones are what Helm understands.
  template <class Table>
  std::string_view mostly_first(const Table& table, std::size_t good) {
    return m_dice.one_in(6) ? m_dice.pick_of(table) : table[m_dice.below(good)];
  }
  std::string literal() {
    return std::string(m_dice.one_in(100) ? m_dice.pick_of(k_bad_literals) : m_dice.pick_of(k_literals));
  }
  std::string make_small_json() {
    std::string text = make_json(m_dice);
    if (text.size() > 200) text = "[1, {\"a\": 2.50}]";
    return text;
  }
  std::string short_key() {
    static constexpr std::array<std::string_view, 8> k_names{"s", "m", "l", "i", "a", "h", "missing", "0"};
    return std::string(m_dice.pick_of(k_names));
  }
  std::string number_literal() {
    static constexpr std::array<std::string_view, 10> k_numbers{"2.5", "-2.5", "0.1",    "1e21",    "1234567.891",
                                                                "3",   "1e-7", "100000", "1000000", "12.345"};
    return std::string(m_dice.pick_of(k_numbers));
  }
  /// As a count it must not make a text of gigabytes.
  std::string small_number() {
    static constexpr std::array<std::string_view, 9> k_numbers{".Values.i", "1.9", "-1",    "\"12\"",   "\"0x1F\"",
                                                               "true",      "nil", "\"x\"", ".Values.b"};
    return std::string(m_dice.pick_of(k_numbers));
  }
  std::string string_argument() {
    switch (m_dice.below(4)) {
      case 0: return ".Values.s";
      case 1: return ".Values.m.s";
      default: return text_literal();
    }
  }
  std::string list_argument(std::uint32_t depth) {
    switch (m_dice.below(4)) {
      case 0: return ".Values.l";
      case 1: return "(list " + argument('a', 0) + " " + argument('s', 0) + " " + argument('a', 0) + ")";
      case 2: return "(splitList \",\" \"c,a,b,a\")";
      default: return depth == 0 ? "(until 3)" : "(list " + argument('a', depth - 1) + ")";
    }
  }
  std::string map_argument(std::uint32_t depth) {
    switch (m_dice.below(4)) {
      case 0: return ".Values.m";
      case 1: return "(dict \"a\" " + argument('a', 0) + " " + quoted(short_key()) + " " + argument('a', 0) + ")";
      case 2: return ".Values";
      default: return depth == 0 ? "(dict)" : "(dict \"s\" " + argument('a', depth - 1) + ")";
    }
  }

  std::string open() { return m_dice.one_in(5) ? "{{- " : "{{ "; }
  std::string close() { return m_dice.one_in(5) ? " -}}" : " }}"; }
  void action(const std::string& inside) { m_out += open() + inside + close(); }

  void body(std::uint32_t depth, std::size_t count) {
    for (; count > 0; --count) statement(depth);
  }
  void statement(std::uint32_t depth) {
    switch (m_dice.below(depth == 0 ? 6 : 14)) {
      case 0: m_out += m_dice.one_in(3) ? make_text(m_dice).substr(0, 40) : std::string(" text\n"); return;
      case 1: return action(printf(2));
      case 2:
      case 3:
      case 4:
      case 5:
      case 6: return action(any_call(2));
      case 7: return action("$x := " + any_call(1)), action("$x");
      case 8:
        action("if " + any_call(1));
        body(depth - 1, 1);
        if (m_dice.one_in(2)) {
          action(m_dice.one_in(3) ? "else if " + any_call(0) : std::string("else"));
          body(depth - 1, 1);
        }
        return action("end");
      case 9:
        action(m_dice.one_in(2) ? "range $i, $e := " + list_argument(1) : "range " + argument('a', 1));
        action(m_dice.one_in(2) ? "." : any_call(1));
        if (m_dice.one_in(6)) action(m_dice.one_in(2) ? "break" : "continue");
        return action("end");
      case 10:
        action("with " + argument('a', 1));
        body(depth - 1, 1);
        if (m_dice.one_in(3)) {
          action("else");
          body(depth - 1, 1);
        }
        return action("end");
      case 11: return action("template \"h\" " + argument('a', 0));
      case 12: return action(argument('a', 1) + " | " + pipe_stage() + (m_dice.one_in(2) ? " | " + pipe_stage() : ""));
      default: return action(argument('a', 2));
    }
  }
  std::string pipe_stage() {
    static constexpr std::array<std::string_view, 14> k_stages{
        "quote", "toYaml", "toString", "default \"d\"", "nindent 2", "trim",   "toJson",
        "upper", "len",    "int",      "first",         "b64enc",    "squote", "printf \"%v|%T\" 1"};
    return std::string(m_dice.pick_of(k_stages));
  }

  Dice& m_dice;
  std::string m_out;
};

}  // namespace

const std::set<std::string_view>& function_names() {
  static const std::set<std::string_view> names = [] {
    std::set<std::string_view> found;
    for (const Function& function : k_functions) found.insert(function.name);
    for (std::string_view shape : k_shapes) {
      // "a b | c (d e)": words that begin a call
      for (bool begins = true; !shape.empty();) {
        const auto end = std::min(shape.find_first_of(" |()"), shape.size());
        const std::string_view word = shape.substr(0, end);
        if (begins && !word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0) found.insert(word);
        if (!word.empty()) begins = false;
        if (end < shape.size() && shape[end] != ' ') begins = shape[end] != ')';
        shape.remove_prefix(std::min(end + 1, shape.size()));
      }
    }
    return found;
  }();
  return names;
}

std::string make_template(Dice& dice) {
  std::string text = TemplateMaker(dice).make();
  return dice.one_in(40) ? damage(dice, std::move(text)) : text;
}

std::string make_function_template(Dice& dice) {
  return "{{ " + TemplateMaker(dice).any_call(2) + " }}";
}

std::string make_printf_template(Dice& dice) {
  return "{{ " + TemplateMaker(dice).printf(1) + " }}";
}

std::string make_semver_template(Dice& dice) {
  return "{{ " + TemplateMaker(dice).call("semverCompare", "cv", 0) + " }}";
}

}  // namespace reconciled::parity
