using Orchestrator.Build.Adding;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Copying;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images.Layers;

namespace Orchestrator.Build.Execution;

/// <summary>COPY and ADD.</summary>
internal sealed class CopyExecutor(BuildSession session, StageTable stages, int stage)
{
    private readonly SourceTrees trees = new(session, stages, stage);
    private readonly AddedSources added = new(session);

    public async Task<StageResult> DoAsync(StageResult before, StepOutcome outcome, StepWork.Copy copy,
        Instruction instruction, CancellationToken cancellationToken)
    {
        try
        {
            return await CopyAsync(before, outcome, copy, instruction, cancellationToken);
        }
        catch (BuildException e) when (e.Code is null)
        {
            throw new BuildException($"{copy.Name} failed: {e.Message}", inner: e);
        }
    }

    private async Task<StageResult> CopyAsync(StageResult before, StepOutcome outcome, StepWork.Copy copy,
        Instruction instruction, CancellationToken cancellationToken)
    {
        using var tree = trees.Open(await trees.ResolveAsync(copy.From, cancellationToken));
        using var fetched = await added.FetchAsync(copy, cancellationToken);
        List<CopyItem> items = [.. fetched.Items, .. await LocalAsync(tree, copy, cancellationToken)];
        var ground = copy.Link ? before with { Layers = [] } : before;
        var dress = Dress(copy, before);
        var digest = await DigestAsync(copy, items, dress, cancellationToken);
        var createdBy = CreatedBy(outcome.Next, copy, digest);
        using var key = Key(copy, ground, dress, digest, items);
        var layer = await LayerStep.DoAsync(
            session, stage, before, ground, key.ToString(), createdBy, instruction.Original,
            (snapshot, token) => new CopyPlacement(copy, dress, items).PlaceAsync(snapshot, token), cancellationToken);
        return before.With(outcome.Next, layer, createdBy);
    }

    private static async Task<IReadOnlyList<CopyItem>> LocalAsync(
        FileTree tree, StepWork.Copy copy, CancellationToken cancellationToken)
    {
        var leaves = ExcludePatterns.Of(copy.Exclude);
        var finder = new SourceFinder(tree.Root, leaves, copy.Parents);
        var items = copy.Sources.Where(source => !copy.IsAdd || !AddedSources.IsRemote(source))
            .SelectMany(finder.Find).ToList();
        if (!copy.IsAdd || copy.Unpack == false)
            return items;
        for (var i = 0; i < items.Count; i++)
        {
            if (!items[i].IsFolder && await Archives.IsArchiveAsync(items[i], cancellationToken))
                items[i] = items[i] with { Unpacks = true };
        }

        return items;
    }

    private CopyDress Dress(StepWork.Copy copy, StageResult before)
    {
        (uint, uint)? owner = copy.From is null ? (0, 0) : null;
        if (copy.Chown is { } chown)
        {
            owner = OwnerLookup.TryNumbers(chown);
            if (owner is null)
            {
                using var own = FileTree.OfLayers(session.Workshop.Folders(before.Chain));
                owner = OwnerLookup.Resolve(own.Root, chown);
            }
        }

        try
        {
            return new CopyDress { Owner = owner, Mode = copy.Chmod is { } mode ? ModeChange.Parse(mode) : null };
        }
        catch (FormatException e)
        {
            throw new DockerfileException(e.Message, copy.Position);
        }
    }

    /// <summary>One name for the files, as docker's classic builder has it in its history.</summary>
    private async Task<string> DigestAsync(StepWork.Copy copy, List<CopyItem> items, CopyDress dress,
        CancellationToken cancellationToken)
    {
        // What is fetched or written has a folder of its own each time; only the context's paths mean the same twice.
        var isContext = copy.From is null && copy.Files.IsEmpty && !copy.Sources.Any(AddedSources.IsRemote);
        var digests = new List<string>();
        foreach (var item in items)
        {
            // Names of files may hold anything, so no sign parts them from what follows.
            using var key = new CacheKey("place").Add(item.Path).Add($"{dress.Owner}").Add(copy.Chmod).AddAll(copy.Exclude);
            var place = key.ToString();
            if (!isContext || !session.Digests.TryGetValue(place, out var digest))
                digest = await TreeCopier.DigestAsync(item, dress, cancellationToken);
            if (isContext)
                session.Digests[place] = digest;
            digests.Add($"{(item.IsFolder ? "dir" : "file")}:{digest}");
        }

        if (digests is [var only])
            return only;
        using var all = new CacheKey("multi 1").AddAll(digests);
        return $"multi:{all}";
    }

    private static string CreatedBy(StageState state, StepWork.Copy copy, string digest)
    {
        var flags = copy.Chown is { } chown ? $"--chown={chown} " : "";
        flags += copy.Chmod is { } chmod ? $"--chmod={chmod} " : "";
        flags += copy.Link ? "--link " : "";
        return $"{string.Join(' ', state.Shell)} #(nop) {copy.Name} {flags}{digest} in "
            + $"{UnixPath.Join(copy.WorkingDirectory, copy.Destination)}{(copy.Destination.EndsWith('/') ? "/" : "")} ";
    }

    private CacheKey Key(
        StepWork.Copy copy, StageResult ground, CopyDress dress, string digest, IEnumerable<CopyItem> items) =>
        new CacheKey("copy 2").Add(ground.Chain?.ToString()).Add(digest)
            .AddAll(items.Select(item => $"{item.Name} {item.IsFolder} {item.Unpacks}"))
            .Add(copy.WorkingDirectory).Add(copy.Destination).Add(dress.Owner?.ToString()).Add(copy.Chmod)
            .Add(copy.Chown is null ? null : "chown") // What an archive has keeps its owners without.
            .Add(copy.Parents ? "parents" : null).Add(LayerStep.Times(session));
}
