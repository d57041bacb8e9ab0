// Drives the port that `wsimport` generates from the served ?WSDL. Arguments: address, KurumID, password, version (1 or
// 2), address of the WSDL. The header is added as the EBYS in Java adds it: by a handler that runs on answers as well,
// builds the header by hand with the namespace on each child, and declares that it understands no headers.
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.jws.WebMethod;
import javax.xml.bind.JAXBElement;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPEnvelope;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPHeader;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.handler.Handler;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import kaysis.ArrayOfInt;
import kaysis.ArrayOfString;
import kaysis.BBDETSISWS;
import kaysis.DETSISServis;

class JaxWs extends Rows implements SOAPHandler<SOAPMessageContext> {
    private static final String NS = "http://kaysis.gov.tr/";
    private final String kurumId;
    private final String password;
    private final BBDETSISWS port;

    JaxWs(String[] args) throws Exception {
        kurumId = args[1];
        password = args[2];
        DETSISServis service = new DETSISServis(new URL(args[4]));
        port = args[3].equals("2") ? service.getBBDETSISWS1() : service.getBBDETSISWS();
        List<Handler> handlers = new ArrayList<>();
        handlers.add(this);
        ((BindingProvider) port).getBinding().setHandlerChain(handlers);
    }

    public static void main(String[] args) throws Exception {
        new JaxWs(args).run();
    }

    @Override
    Object call(String operation, String[] inputs) throws Exception {
        for (Method method : BBDETSISWS.class.getMethods()) {
            String said = method.getAnnotation(WebMethod.class).operationName();
            if (!(said.isEmpty() ? method.getName() : said).equals(operation)) continue;
            Class<?>[] types = method.getParameterTypes();
            Object[] values = new Object[types.length];
            for (int i = 0; i < types.length; i++) values[i] = read(inputs[i], types[i]);
            return method.invoke(port, values);
        }
        throw new IllegalArgumentException(operation);
    }

    private static Object read(String text, Class<?> type) throws Exception {
        if (type == int.class) return text == null ? 0 : Integer.parseInt(text);
        if (text == null || type == String.class) return text;
        if (type == XMLGregorianCalendar.class) return DatatypeFactory.newInstance().newXMLGregorianCalendar(text);
        List<String> items = text.isEmpty() ? Collections.emptyList() : Arrays.asList(text.split(","));
        if (type == ArrayOfString.class) {
            ArrayOfString made = new ArrayOfString();
            made.getString().addAll(items);
            return made;
        }
        ArrayOfInt made = new ArrayOfInt();
        for (String item : items) made.getInt().add(Integer.valueOf(item));
        return made;
    }

    @Override
    String simple(Object value) {
        if (value instanceof String) return (String) value;
        return value instanceof XMLGregorianCalendar ? ((XMLGregorianCalendar) value).toXMLFormat() : null;
    }

    @Override
    Map<String, Object> fields(Object value) throws Exception {
        Map<String, Object> found = new LinkedHashMap<>();
        for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                XmlElement said = field.getAnnotation(XmlElement.class);
                boolean named = said != null && !said.name().equals("##default");
                field.setAccessible(true);
                Object inner = field.get(value);
                if (inner instanceof JAXBElement) inner = ((JAXBElement<?>) inner).getValue();
                found.put(named ? said.name() : field.getName(), inner);
            }
        }
        return found;
    }

    @Override
    public boolean handleMessage(SOAPMessageContext context) {
        try {
            SOAPEnvelope envelope = context.getMessage().getSOAPPart().getEnvelope();
            SOAPHeader header = envelope.getHeader() == null ? envelope.addHeader() : envelope.getHeader();
            SOAPElement who = header.addChildElement("BbServiceAuthentication", "", NS);
            who.addChildElement("KurumID", "", NS).addTextNode(kurumId);
            who.addChildElement("Password", "", NS).addTextNode(password);
            context.getMessage().saveChanges();
            return true;
        } catch (SOAPException error) {
            throw new IllegalStateException(error);
        }
    }

    @Override
    public boolean handleFault(SOAPMessageContext context) {
        return true;
    }

    @Override
    public void close(MessageContext context) {}

    @Override
    public Set<QName> getHeaders() {
        return null;
    }
}
