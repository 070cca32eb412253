using Orchestrator.Api;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>Images as <c>images --tree</c> has them: names, sizes, use, and below each its platforms.</summary>
/// <param name="width">Of the lines; columns that find no room are left out.</param>
internal sealed class ImageTree(int width)
{
    private const string Legend = " Info ->  U In Use ";
    private const string Untagged = "<untagged>";
    private const string Spacing = "   ";
    private const int MinNameWidth = 12;

    private static readonly Column[] All =
    [
        new("ID", 12, static d => Text.ShortId(d.Id)),
        new("DISK USAGE", 10, static d => Units.Size(d.Bytes, 3), IsRight: true),
        new("CONTENT SIZE", 12, static d => Units.Size(d.ContentBytes, 3), IsRight: true),
        new("EXTRA", 5, static d => d.IsUsed ? "U" : ""),
    ];

    /// <summary>Neither a tag nor a digest is left of it.</summary>
    public static bool IsDangling(ImageSummary image) => Names(image).Count == 0 && image.RepoDigests.Length == 0;

    public void Write(TextWriter writer, IEnumerable<ImageSummary> images)
    {
        var shown = images.OrderByDescending(static image => image.Created).ToList();
        var (columns, room) = Fit();
        var nameWidth = Math.Min(room, Widest(shown));
        writer.Write(Legend.PadLeft(width) + "\n\n");
        WriteLine(writer, nameWidth, "IMAGE", columns.Select(static column => column.Place(column.Header)));
        var isSpaced = shown.Any(static image => Manifests(image).Count > 0);
        foreach (var image in shown)
        {
            WriteImage(writer, nameWidth, columns, image);
            if (isSpaced) writer.Write("\n");
        }
    }

    private static void WriteImage(TextWriter writer, int nameWidth, List<Column> columns, ImageSummary image)
    {
        // The last one stands beside the details, so it is the one that is most likely to have room there.
        var names = Names(image).OrderByDescending(static name => name.Length).ToList();
        foreach (var name in names.SkipLast(1)) writer.Write(name + "\n");
        Write(names.LastOrDefault() ?? Untagged, Details.Of(image));
        var manifests = Manifests(image);
        for (var i = 0; i < manifests.Count; i++)
            Write((i < manifests.Count - 1 ? "├─ " : "└─ ") + Platform(manifests[i]), Details.Of(manifests[i]));

        void Write(string name, Details details) => WriteLine(
            writer, nameWidth, name, columns.Select(column => column.Place(column.Value(details))));
    }

    private static void WriteLine(TextWriter writer, int nameWidth, string name, IEnumerable<string> cells) =>
        writer.Write(string.Join(Spacing, cells.Prepend(Text.Ellipsis(name, nameWidth).PadRight(nameWidth))) + "\n");

    /// <summary>The columns that there is room for, and what they leave to the names.</summary>
    private (List<Column> Columns, int Room) Fit()
    {
        var (columns, room) = (new List<Column>(), width);
        foreach (var column in All)
        {
            var left = room - column.Width - Spacing.Length;
            if (left < MinNameWidth) break;
            columns.Add(column);
            room = left;
        }
        return (columns, room);
    }

    private static int Widest(IEnumerable<ImageSummary> images) => images
        .SelectMany(static image => Names(image).DefaultIfEmpty(Untagged)
            .Concat(Manifests(image).Select(static manifest => "└─ " + Platform(manifest))))
        .Select(static name => name.Length).Append("IMAGE".Length).Max();

    private static List<string> Names(ImageSummary image) =>
        [.. image.RepoTags.Where(static tag => tag != "<none>:<none>")];

    /// <summary>Those that can run: of what attests something about them only the size counts.</summary>
    private static List<ManifestSummary> Manifests(ImageSummary image) =>
        [.. (image.Manifests ?? []).Where(static manifest => manifest is { Kind: "image", ImageData: not null })];

    private static string Platform(ManifestSummary manifest)
    {
        var platform = manifest.ImageData!.Platform;
        return string.Join('/', new[] { platform.Os, platform.Architecture, platform.Variant }
            .Where(static part => !string.IsNullOrEmpty(part)));
    }

    private sealed record Column(string Header, int Width, Func<Details, string> Value, bool IsRight = false)
    {
        public string Place(string text) => IsRight ? text.PadLeft(Width) : text.PadRight(Width);
    }

    private sealed record Details(string Id, long Bytes, long ContentBytes, bool IsUsed)
    {
        public static Details Of(ManifestSummary manifest) => new(
            manifest.ID, manifest.Size.Total, manifest.Size.Content, manifest.ImageData!.Containers.Length > 0);

        public static Details Of(ImageSummary image)
        {
            var manifests = image.Manifests ?? [];
            return new(
                image.Id, manifests.Length == 0 ? image.Size : manifests.Sum(static m => m.Size.Total),
                manifests.Sum(static m => m.Size.Content),
                image.Containers > 0 || manifests.Any(static m => m.ImageData?.Containers.Length > 0));
        }
    }
}
