using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerList : Command
{
    private const int CommandLength = 20;

    private readonly BoolFlag _all;
    private readonly BoolFlag _latest;
    private readonly BoolFlag _size;
    private readonly BoolFlag _noTrunc;
    private readonly BoolFlag _quiet;
    private readonly ValueFlag<long?> _last;
    private readonly ListFlag _filter;
    private readonly ValueFlag<string> _format;

    public ContainerList()
    {
        _all = Flags.Bool("all", 'a', "Show those that ended, too");
        _filter = Flags.Filter();
        _format = Flags.Format();
        _last = Flags.Int("last", 'n', "Show the n newest, in any state");
        _latest = Flags.Bool("latest", 'l', "Show the newest, in any state");
        _noTrunc = Flags.NoTrunc();
        _quiet = Flags.Quiet();
        _size = Flags.Bool("size", 's', "Show sizes");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples =>
        ["orch ps -a --filter status=exited", "orch ps --format 'table {{.Names}}\\t{{.Status}}'"];

    public override int Run(Session session, List<string> args)
    {
        if (_quiet && _format.IsSet)
            session.Error.WriteLine("WARNING: Ignoring custom format, because both --format and --quiet are set.");
        var listing = Listing(_noTrunc, session.Time.GetUtcNow());
        listing.Check(_format.Value);
        var limit = _latest ? 1 : _last.Value > 0 ? _last.Value : null;
        var query = new Query().Add("all", _all || limit is not null).Add("limit", limit)
            .Add("size", _size || DefaultFormat.Of(session, _format, "psFormat", _quiet).Contains(".Size", StringComparison.Ordinal))
            .Add(FilterFlags.ToFilters(_filter));
        var containers = session.Client.Get($"/containers/json{query}", ApiJson.Wire.ContainerSummaryArray);
        var format = _quiet && _format.Value != "raw" ? "" : DefaultFormat.Of(session, _format, "psFormat", _quiet);
        listing.Write(session.Out, containers, format, _quiet);
        return 0;
    }

    /// <summary>The containers of <c>system df -v</c>.</summary>
    public static void WriteUsage(Session session, IEnumerable<ContainerSummary> containers) => new ContainerList()
        .Listing(full: false, session.Time.GetUtcNow(),
            "ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names")
        .Write(session.Out, containers);

    /// <summary>As templates see them.</summary>
    public static List<object?> UsageData(Session session, IEnumerable<ContainerSummary> containers) =>
        new ContainerList().Listing(full: true, session.Time.GetUtcNow()).Data(containers);

    private Listing<ContainerSummary> Listing(bool full, DateTimeOffset now, params string[] usage)
    {
        string[] table = usage.Length > 0 ? usage : ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"];
        return new Listing<ContainerSummary>(
            _size ? [.. table, "Size"] : table,
            new("ID", "CONTAINER ID", c => Text.Id(c.Id, full)),
            new("Names", "NAMES", c => string.Join(',', c.Names.Select(static n => n.TrimStart('/'))
                .Where(n => full || !n.Contains('/', StringComparison.Ordinal)))),
            new("Image", "IMAGE", c => Image(c, full)),
            new("Command", "COMMAND", c => Text.Quote(full ? c.Command : Text.Ellipsis(c.Command, CommandLength))),
            new("CreatedAt", "CREATED AT", static c => DateTimeOffset.FromUnixTimeSeconds(c.Created).ToString(
                "yyyy-MM-dd HH:mm:ss +0000 'UTC'", null)),
            new("RunningFor", "CREATED", c => HumanDuration.Of(now - DateTimeOffset.FromUnixTimeSeconds(c.Created)) + " ago"),
            new("Ports", "PORTS", static c => PortText.Format(c.Ports)),
            new("State", "STATE", static c => c.State),
            new("Status", "STATUS", static c => c.Status),
            new("Size", "SIZE", c => usage.Length > 0 ? Units.Size(c.SizeRw ?? 0, 3) : Size(c)),
            new("Labels", "LABELS", static c => Text.Join(c.Labels)),
            new("Mounts", "MOUNTS", c => string.Join(',', c.Mounts.Select(m => MountName(m, full)))),
            new("LocalVolumes", "LOCAL VOLUMES", static c => $"{c.Mounts.Count(static m => m.Driver == "local")}"),
            new("Platform", "PLATFORM", static _ => null), // Of images for several platforms, which the API does not tell.
            new("Networks", "NETWORKS", static c => string.Join(',', c.NetworkSettings.Networks.Keys)))
        {
            Raw = "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n"
                + "state: {{.State}}\nstatus: {{.Status}}\nnames: {{.Names}}\nlabels:{{if .Labels}} {{.Labels}}{{end}}\n"
                + "ports:{{if .Ports}} {{.Ports}}{{end}}\n"
                + (_size ? "size: {{.Size}}\n" : ""),
            RawQuiet = "container_id: {{.ID}}",
            Lookup = static (c, field, key) => field == "Label" ? c.Labels.GetValueOrDefault(key, "") : null,
        };
    }

    /// <summary>An image that has no name any more is shown by its short ID.</summary>
    private static string Image(ContainerSummary c, bool full)
    {
        if (c.Image.Length == 0) return "<no image>";
        var image = c.Image;
        if (full) return image;
        var digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        if (digest > 0 && image.LastIndexOf(':', digest - 1) > image.LastIndexOf('/')) return image[..digest];
        return image.StartsWith("sha256:", StringComparison.Ordinal) ? Text.ShortId(image) : image;
    }

    private static string Size(ContainerSummary c) => c.SizeRootFs is > 0 and var whole
        ? $"{Units.Size(c.SizeRw ?? 0, 3)} (virtual {Units.Size(whole, 3)})"
        : Units.Size(c.SizeRw ?? 0, 3);

    private static string MountName(MountPoint mount, bool full)
    {
        var name = string.IsNullOrEmpty(mount.Name) ? mount.Source : mount.Name;
        return full ? name : Text.Ellipsis(name, 15);
    }
}
