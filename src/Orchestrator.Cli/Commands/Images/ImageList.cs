using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageList : Command
{
    private const string None = "<none>";

    private readonly BoolFlag _all;
    private readonly BoolFlag _digests;
    private readonly BoolFlag _noTrunc;
    private readonly BoolFlag _quiet;
    private readonly ListFlag _filter;
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _tree;

    public ImageList()
    {
        _all = Flags.Bool("all", 'a', "Show intermediate images, too");
        _digests = Flags.Bool("digests", null, "Show digests");
        _filter = Flags.Filter();
        _format = Flags.Format();
        _noTrunc = Flags.NoTrunc();
        _quiet = Flags.Quiet();
        _tree = Flags.Bool("tree", null, "Show each image with its platform, sizes and whether it is in use");
    }

    public override string Usage => "[OPTIONS] [REPOSITORY[:TAG]]";

    public override Arity Arity => Arity.AtMost(1);

    public override int Run(Session session, List<string> args)
    {
        var filters = FilterFlags.ToFilters(_filter);
        if (args.Count == 1) filters.Add("reference", args[0]);
        if (_tree) return WriteTree(session, filters);
        var images = session.Client.Get(
            $"/images/json{new Query().Add("all", _all).Add(filters)}", ApiJson.Wire.ImageSummaryArray);
        var rows = images.OrderByDescending(static i => i.Created).SelectMany(Rows);
        Listing(session.Time.GetUtcNow()).Write(session.Out, rows, DefaultFormat.Of(session, _format, "imagesFormat", _quiet), _quiet);
        return 0;
    }

    private int WriteTree(Session session, Filters filters)
    {
        var other = _quiet ? "--quiet" : _noTrunc ? "--no-trunc" : _digests ? "--digests"
            : _format.Value is { Length: > 0 } ? "--format" : null;
        if (other is not null)
            throw new CliException($"{other} is not yet supported with --tree: give one of the two");
        var images = session.Client.Get(
            $"/images/json{new Query().Add("all", _all).Add(filters).Add("manifests", true)}",
            ApiJson.Wire.ImageSummaryArray);
        new ImageTree(session.Width).Write(session.Out, images.Where(image => _all || !ImageTree.IsDangling(image)));
        return 0;
    }

    /// <summary>A line for each tag; for each digest that no tag covers when digests are asked for.</summary>
    private IEnumerable<Row> Rows(ImageSummary image)
    {
        var digests = image.RepoDigests.Select(ImageName.Split).Where(static d => d.Repository != None).ToList();
        var tags = image.RepoTags.Where(static t => t != "<none>:<none>").Select(ImageName.Split).ToList();
        foreach (var (repository, tag) in tags)
        {
            var own = digests.Where(d => d.Repository == repository).Select(static d => d.Tag).ToList();
            if (!_digests || own.Count == 0) yield return new Row(image, repository, tag, None);
            else foreach (var digest in own) yield return new Row(image, repository, tag, digest);
        }
        if (tags.Count > 0) yield break;
        if (digests.Count == 0) yield return new Row(image, None, None, None);
        else foreach (var (repository, digest) in digests.Take(_digests ? digests.Count : 1))
            yield return new Row(image, repository, None, digest);
    }

    private Listing<Row> Listing(DateTimeOffset now, params string[] table) => new(
        table.Length > 0 ? table : _digests ? ["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"]
            : ["Repository", "Tag", "ID", "CreatedSince", "Size"],
        new("ID", "IMAGE ID", r => Text.Id(r.Image.Id, _noTrunc)),
        new("Repository", "REPOSITORY", static r => r.Repository),
        new("Tag", "TAG", static r => r.Tag),
        new("Digest", "DIGEST", static r => r.Digest),
        new("CreatedSince", "CREATED", r => r.Image.Created <= 0 ? "N/A" : HumanDuration.Of(
            now - DateTimeOffset.FromUnixTimeSeconds(r.Image.Created)) + " ago"),
        new("CreatedAt", "CREATED AT", static r => DateTimeOffset.FromUnixTimeSeconds(r.Image.Created).ToString(
            "yyyy-MM-dd HH:mm:ss +0000 'UTC'", null)),
        new("Size", "SIZE", static r => Units.Size(r.Image.Size, 3)),
        new("VirtualSize", "SIZE", static r => Units.Size(r.Image.Size)),
        new("Containers", "CONTAINERS", static r => Measured(r.Image.Containers)),
        new("SharedSize", "SHARED SIZE",
            static r => r.Image.SharedSize < 0 ? "N/A" : Units.Size(r.Image.SharedSize)),
        new("UniqueSize", "UNIQUE SIZE", static r => r.Image.SharedSize < 0 ? "N/A" : Units.Size(
            r.Image.Size - r.Image.SharedSize)))
    {
        Raw = "repository: {{.Repository}}\ntag: {{.Tag}}\n" + (_digests ? "digest: {{.Digest}}\n" : "")
            + "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
        RawQuiet = "image_id: {{.ID}}",
    };

    /// <summary>The images of <c>system df -v</c>.</summary>
    public static void WriteUsage(Session session, IEnumerable<ImageSummary> images)
    {
        var list = new ImageList();
        list.Listing(session.Time.GetUtcNow(),
            "Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers")
            .Write(session.Out, images.SelectMany(image => list.Rows(image).Take(1)));
    }

    /// <summary>As templates see them.</summary>
    public static List<object?> UsageData(Session session, IEnumerable<ImageSummary> images)
    {
        var list = new ImageList();
        list._noTrunc.Set("true");
        return list.Listing(session.Time.GetUtcNow())
            .Data(images.SelectMany(image => list.Rows(image).Take(1)).Select(static row => row with { Digest = "" }));
    }

    private static string Measured(long count) => count < 0 ? "N/A" : $"{count}";

    private sealed record Row(ImageSummary Image, string Repository, string Tag, string Digest);
}
