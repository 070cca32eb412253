using Orchestrator.Api;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Commands.Volumes;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

internal sealed class DiskUsageCommand : Command
{
    private readonly ValueFlag<string> _format;

    private readonly BoolFlag _verbose;

    public DiskUsageCommand()
    {
        _format = Flags.Format();
        _verbose = Flags.Bool("verbose", 'v', "Show each image, container and volume");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var usage = session.Client.Get("/system/df", ApiJson.Wire.DiskUsage);
        // What a container shares with its image is in the table of images already.
        var own = usage with { Containers = [.. usage.Containers.Select(static c => c with { SizeRootFs = null })] };
        if (_verbose)
        {
            if (_format.Value is "" or "table")
                WriteAll(session, own);
            else UsageData.Write(session, own, _format.Value);
            return 0;
        }
        new Listing<Row>(
            ["Type", "TotalCount", "Active", "Size", "Reclaimable"],
            new("Type", "TYPE", static r => r.Type),
            new("TotalCount", "TOTAL", static r => $"{r.Total}"),
            new("Active", "ACTIVE", static r => $"{r.Active}"),
            new("Size", "SIZE", static r => Units.Size(r.Size)),
            new("Reclaimable", "RECLAIMABLE", static r => r.Reclaimable))
        {
            Raw = "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\n"
                + "reclaimable: {{.Reclaimable}}\n",
        }.Write(session.Out, Rows(usage), _format.Value);
        return 0;
    }

    private static void WriteAll(Session session, DiskUsage usage)
    {
        session.Out.WriteLine("Images space usage:\n");
        ImageList.WriteUsage(session, usage.Images);
        session.Out.WriteLine("\nContainers space usage:\n");
        ContainerList.WriteUsage(session, usage.Containers);
        session.Out.WriteLine("\nLocal Volumes space usage:\n");
        VolumeList.WriteUsage(session, usage.Volumes);
        session.Out.WriteLine($"\nBuild cache usage: {Units.Size(usage.BuildCache.Sum(static b => b.Size))}\n");
        BuildCacheList.Of(session.Time.GetUtcNow()).Write(session.Out, usage.BuildCache);
    }

    private static Row[] Rows(DiskUsage usage)
    {
        var used = usage.Images.Where(static i => i.Containers > 0).ToList();
        var usedBytes = used.Sum(static i => i.Size - Math.Max(i.SharedSize, 0));
        var running = usage.Containers.Where(static c => c.State is "running" or "paused" or "restarting").ToList();
        var mounted = usage.Volumes.Where(static v => v.UsageData is { RefCount: > 0 }).ToList();
        return
        [
            new("Images", usage.Images.Length, used.Count, usage.LayersSize, usage.LayersSize - usedBytes),
            new("Containers", usage.Containers.Length, running.Count, Bytes(usage.Containers),
                Bytes(usage.Containers) - Bytes(running)),
            new("Local Volumes", usage.Volumes.Length, mounted.Count, Bytes(usage.Volumes),
                Bytes(usage.Volumes) - Bytes(mounted)),
            new("Build Cache", usage.BuildCache.Length, usage.BuildCache.Count(static b => b.InUse),
                usage.BuildCache.Sum(static b => b.Size), usage.BuildCache.Where(static b => !b.InUse)
                .Sum(static b => b.Size)),
        ];
    }

    private static long Bytes(IEnumerable<ContainerSummary> containers) => containers.Sum(static c => c.SizeRw ?? 0);

    private static long Bytes(IEnumerable<Volume> volumes) =>
        volumes.Sum(static v => Math.Max(v.UsageData?.Size ?? 0, 0));

    private sealed record Row(string Type, int Total, int Active, long Size, long Free)
    {
        public string Reclaimable =>
            Size > 0 ? $"{Units.Size(Math.Max(Free, 0))} ({Math.Clamp(Free * 100 / Size, 0, 100)}%)" : Units.Size(0);
    }
}
