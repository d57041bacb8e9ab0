// Drives the stub that Axis 1.4's WSDL2Java generates from the served ?WSDL. Arguments: address, KurumID, password,
// version (1 only).
import java.lang.reflect.Method;
import java.net.URL;
import java.text.SimpleDateFormat;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import org.apache.axis.description.FieldDesc;
import org.apache.axis.description.TypeDesc;
import org.apache.axis.message.SOAPHeaderElement;
import kaysis_axis.BBDETSISWS_BindingStub;
import kaysis_axis.DETSISServisLocator;

class Axis extends Rows {
    private static final String NS = "http://kaysis.gov.tr/";
    // Axis sends dates in UTC, so they must be Türkiye's before; it takes a date without zone for UTC when it reads one.
    private final SimpleDateFormat sent = format("Europe/Istanbul");
    private final SimpleDateFormat received = format("UTC");
    private final BBDETSISWS_BindingStub stub;

    Axis(String[] args) throws Exception {
        stub = (BBDETSISWS_BindingStub) new DETSISServisLocator().getBBDETSISWS(new URL(args[0]));
        SOAPHeaderElement header = new SOAPHeaderElement(NS, "BbServiceAuthentication");
        header.addChildElement("KurumID", "", NS).addTextNode(args[1]);
        header.addChildElement("Password", "", NS).addTextNode(args[2]);
        stub.setHeader(header);
    }

    public static void main(String[] args) throws Exception {
        new Axis(args).run();
    }

    private static SimpleDateFormat format(String zone) {
        SimpleDateFormat made = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS");
        made.setTimeZone(TimeZone.getTimeZone(zone));
        return made;
    }

    @Override
    Object call(String operation, String[] inputs) throws Exception {
        for (Method method : BBDETSISWS_BindingStub.class.getMethods()) {
            if (!method.getName().equalsIgnoreCase(operation)) continue;
            Class<?>[] types = method.getParameterTypes();
            Object[] values = new Object[types.length];
            for (int i = 0; i < types.length; i++) values[i] = read(inputs[i], types[i]);
            return method.invoke(stub, values);
        }
        throw new IllegalArgumentException(operation);
    }

    private Object read(String text, Class<?> type) throws Exception {
        if (type == int.class) return text == null ? 0 : Integer.parseInt(text);
        if (text == null || type == String.class) return text;
        if (type == Calendar.class) {
            Calendar made = Calendar.getInstance();
            made.setTime(sent.parse(text + ".000"));
            return made;
        }
        String[] items = text.isEmpty() ? new String[0] : text.split(",");
        if (type == String[].class) return items;
        int[] numbers = new int[items.length];
        for (int i = 0; i < items.length; i++) numbers[i] = Integer.parseInt(items[i]);
        return numbers;
    }

    @Override
    String simple(Object value) {
        if (value instanceof String) return (String) value;
        return value instanceof Calendar ? received.format(((Calendar) value).getTime()) : null;
    }

    @Override
    Map<String, Object> fields(Object value) throws Exception {
        Map<String, Object> found = new LinkedHashMap<>();
        for (FieldDesc field : TypeDesc.getTypeDescForClass(value.getClass()).getFields()) {
            String getter = field.getFieldName().substring(0, 1).toUpperCase() + field.getFieldName().substring(1);
            for (Method method : value.getClass().getMethods()) {
                boolean fits = method.getName().equals("get" + getter) || method.getName().equals("is" + getter);
                if (fits && method.getParameterCount() == 0) found.put(field.getXmlName().getLocalPart(), method.invoke(value));
            }
        }
        return found;
    }
}
