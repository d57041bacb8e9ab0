// Reads XML parts with XmlSerializer through classes that xsd.exe makes of the schemas; file names on standard input.
// Prints "ok", or what was not understood or got lost when the part was written again.
using System; using System.Collections.Generic; using System.IO; using System.Reflection; using System.Xml; using System.Xml.Serialization;
class Program {
  static void Main() {
    var roots = new Dictionary<string, Type>();
    foreach (var type in Assembly.GetExecutingAssembly().GetTypes()) {
      var root = type.GetCustomAttribute<XmlRootAttribute>();
      if (root != null) roots[root.Namespace + " " + (string.IsNullOrEmpty(root.ElementName) ? type.Name : root.ElementName)] = type;
    }
    string name;
    while ((name = Console.ReadLine()) != null) {
      var document = new XmlDocument(); document.Load(name);
      var serializer = new XmlSerializer(roots[document.DocumentElement.NamespaceURI + " " + document.DocumentElement.LocalName]);
      var found = new List<string>();
      serializer.UnknownNode += (sender, e) => found.Add(e.LineNumber + ":" + e.Name);
      try {
        using (var stream = File.OpenRead(name)) {
          var writer = new StringWriter(); serializer.Serialize(writer, serializer.Deserialize(stream));
          var again = new XmlDocument(); again.LoadXml(writer.ToString());
          if (document.SelectNodes("//*").Count != again.SelectNodes("//*").Count) found.Add("elements got lost");
        }
      } catch (InvalidOperationException e) { found.Add(e.Message + (e.InnerException == null ? "" : ": " + e.InnerException.Message)); }
      Console.WriteLine(name + "\t" + (found.Count == 0 ? "ok" : string.Join("; ", found)));
    }
  }
}
