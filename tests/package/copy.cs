// Copies a package part by part with System.IO.Packaging, so that its container is the one that .NET writes.
using System; using System.IO; using System.IO.Packaging;
class Program {
  static void Main(string[] args) {
    using (var from = Package.Open(args[0], FileMode.Open, FileAccess.Read))
    using (var to = Package.Open(args[1], FileMode.Create, FileAccess.ReadWrite)) {
      foreach (var part in from.GetParts()) {
        if (part.Uri.ToString().EndsWith(".rels")) continue;
        var copy = to.CreatePart(part.Uri, part.ContentType, args[2] == "deflated" ? CompressionOption.Maximum : CompressionOption.NotCompressed);
        using (var source = part.GetStream()) using (var target = copy.GetStream()) source.CopyTo(target);
        foreach (var r in part.GetRelationships()) copy.CreateRelationship(r.TargetUri, r.TargetMode, r.RelationshipType, r.Id);
      }
      to.Flush(); // Mono reads the core properties as soon as something relates to them, so they must be there
      foreach (var r in from.GetRelationships()) to.CreateRelationship(r.TargetUri, r.TargetMode, r.RelationshipType, r.Id);
    }
  }
}
