// What both Java clients share: calls are read from standard input, answers are written to standard output as JSON.
// Each line is a call: operation, then for each input a tab and its value ("\N" is null; items of a list are separated
// by commas). Each line of output is the answer.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;

abstract class Rows {
    /** Calls an operation with its inputs as text, null for one that is nil. */
    abstract Object call(String operation, String[] inputs) throws Exception;

    /** Name and value of each field of an object that the generated code is made of. */
    abstract Map<String, Object> fields(Object value) throws Exception;

    /** The text of a simple value, null where it is none. */
    abstract String simple(Object value);

    void run() throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t", -1);
            String[] inputs = new String[words.length - 1];
            for (int i = 0; i < inputs.length; i++) inputs[i] = words[i + 1].equals("\\N") ? null : words[i + 1];
            StringBuilder answer = new StringBuilder();
            try {
                write(answer, call(words[0], inputs));
            } catch (InvocationTargetException error) {
                answer.setLength(0);
                answer.append("{\"fault\":");
                quote(answer, String.valueOf(error.getCause().getMessage()));
                answer.append('}');
            }
            out.println(answer);
        }
    }

    private void write(StringBuilder to, Object value) throws Exception {
        if (value == null) to.append("null");
        else if (value instanceof Boolean || value instanceof Integer) to.append(value);
        else if (value instanceof byte[]) quote(to, Base64.getEncoder().encodeToString((byte[]) value));
        else if (value instanceof Collection) items(to, ((Collection<?>) value).toArray());
        else if (value.getClass().isArray()) items(to, value);
        else if (simple(value) != null) quote(to, simple(value));
        else {
            char before = '{';
            for (Map.Entry<String, Object> field : fields(value).entrySet()) {
                to.append(before);
                quote(to, field.getKey());
                to.append(':');
                write(to, field.getValue());
                before = ',';
            }
            to.append(before == '{' ? "{}" : "}");
        }
    }

    private void items(StringBuilder to, Object array) throws Exception {
        to.append('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            if (i > 0) to.append(',');
            write(to, Array.get(array, i));
        }
        to.append(']');
    }

    private static void quote(StringBuilder to, String text) {
        to.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') to.append('\\').append(c);
            else if (c < ' ') to.append(String.format("\\u%04x", (int) c));
            else to.append(c);
        }
        to.append('"');
    }
}
