// Prints what System.IO.Packaging finds in a package: core properties, parts with SHA-256, relationships.
using System; using System.IO; using System.IO.Packaging; using System.Security.Cryptography;
class Program {
  static void Print(string source, PackageRelationshipCollection all, Package p) {
    foreach (var r in all) {
      var target = PackUriHelper.ResolvePartUri(r.SourceUri, r.TargetUri);
      Console.WriteLine("rel\t" + source + "\t" + r.Id + "\t" + r.RelationshipType + "\t" + target + "\t" + p.PartExists(target));
    }
  }
  static void Main(string[] args) {
    using (var p = Package.Open(args[0], FileMode.Open, FileAccess.Read)) {
      var c = p.PackageProperties;
      Console.WriteLine("core\t" + c.Identifier + "\t" + c.Creator + "\t" + c.Category + "\t" + c.ContentType + "\t" + c.Version
        + "\t" + c.Revision + "\t" + c.Subject + "\t" + c.Created.Value.ToUniversalTime().ToString("s"));
      Print("/", p.GetRelationships(), p);
      foreach (var part in p.GetParts()) {
        if (part.Uri.ToString().EndsWith(".rels")) continue;
        using (var s = part.GetStream()) using (var h = SHA256.Create())
          Console.WriteLine("part\t" + part.Uri + "\t" + part.ContentType + "\t" + BitConverter.ToString(h.ComputeHash(s)).Replace("-", ""));
        Print(part.Uri.ToString(), part.GetRelationships(), p);
      }
    }
  }
}
