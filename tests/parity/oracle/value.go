// Values with their Go types, as requests carry them and answers tell them.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

func bytesOf(raw any) []byte {
	text, err := base64.StdEncoding.DecodeString(raw.(string))
	if err != nil {
		panic(err)
	}
	return text
}

// decodeValue reads what tests/parity/typed_value.h describes.
func decodeValue(raw any) any {
	switch v := raw.(type) {
	case nil, bool:
		return v
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = decodeValue(item)
		}
		return list
	case map[string]any:
		for kind, content := range v {
			return decodeTagged(kind, content)
		}
	}
	panic(fmt.Sprintf("no value: %v", raw))
}

func decodeTagged(kind string, raw any) any {
	switch kind {
	case "s":
		return string(bytesOf(raw))
	case "b":
		return bytesOf(raw)
	case "i":
		n, _ := strconv.ParseInt(raw.(string), 10, 64)
		return int(n)
	case "l":
		n, _ := strconv.ParseInt(raw.(string), 10, 64)
		return n
	case "u":
		n, _ := strconv.ParseUint(raw.(string), 10, 64)
		return n
	case "f":
		bits, _ := strconv.ParseUint(raw.(string), 16, 64)
		return math.Float64frombits(bits)
	case "g":
		bits, _ := strconv.ParseUint(raw.(string), 16, 64)
		return float32(math.Float64frombits(bits))
	case "d":
		n, _ := strconv.ParseInt(raw.(string), 10, 64)
		return time.Duration(n)
	case "nm":
		return map[string]any(nil)
	case "na":
		return []any(nil)
	case "m":
		m := map[string]any{}
		for _, entry := range raw.([]any) {
			pair := entry.([]any)
			m[string(bytesOf(pair[0]))] = decodeValue(pair[1])
		}
		return m
	case "ms":
		m := map[string]string{}
		for _, entry := range raw.([]any) {
			pair := entry.([]any)
			m[string(bytesOf(pair[0]))] = string(bytesOf(pair[1]))
		}
		return m
	case "ss":
		list := []string{}
		for _, item := range raw.([]any) {
			list = append(list, string(bytesOf(item)))
		}
		return list
	case "si":
		list := []int{}
		for _, item := range raw.([]any) {
			n, _ := strconv.ParseInt(item.(string), 10, 64)
			list = append(list, int(n))
		}
		return list
	}
	panic("no kind of value: " + kind)
}

// dump tells a decoded value exactly: types, all digits, keys in order of bytes.
func dump(out *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		out.WriteString("nil")
	case bool:
		fmt.Fprintf(out, "%t", v)
	case int:
		fmt.Fprintf(out, "int %d", v)
	case int64:
		fmt.Fprintf(out, "int64 %d", v)
	case uint64:
		fmt.Fprintf(out, "uint64 %d", v)
	case float64:
		fmt.Fprintf(out, "float64 %x", math.Float64bits(v))
	case string:
		fmt.Fprintf(out, "%d:%s", len(v), v)
	case []any:
		if v == nil {
			out.WriteString("nil list")
			return
		}
		out.WriteString("[")
		for _, item := range v {
			dump(out, item)
			out.WriteString(",")
		}
		out.WriteString("]")
	case map[string]any:
		if v == nil {
			out.WriteString("nil map")
			return
		}
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		out.WriteString("{")
		for _, key := range keys {
			fmt.Fprintf(out, "%d:%s=", len(key), key)
			dump(out, v[key])
			out.WriteString(",")
		}
		out.WriteString("}")
	default:
		fmt.Fprintf(out, "%T %v", v, v)
	}
}

func dumped(value any) string {
	var out strings.Builder
	dump(&out, value)
	return out.String()
}

func unmarshalRequest(line []byte, request *request) {
	if err := json.Unmarshal(line, request); err != nil {
		panic(err)
	}
}
