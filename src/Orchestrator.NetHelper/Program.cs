using Orchestrator.Linux;
using Orchestrator.NetHelper;
using Orchestrator.Network.Helper;

// orch-net: what must go on while orchd is dead. Names inside containers, host ports nobody else may take, and, as a
// process of its own for each container that wants it, its log's way to a server over TLS.
if (args is ["tls", .. var tls])
    return await TlsRelay.RunAsync(tls);
if (args is not ["--root", var root])
{
    Console.Error.WriteLine("orch-net is started by orchd: orch-net --root FOLDER");
    return 2;
}

var paths = new HelperPaths(Path.GetFullPath(root));
Directory.CreateDirectory(paths.Root);
using var soleOwner = SoleOwner.TryTake(paths.Lock);
if (soleOwner is null)
    return 0; // Another one serves this folder.
try
{
    File.WriteAllText(paths.Owner, $"{Environment.ProcessId}");
}
catch (IOException)
{
    // A full disk: only who hangs is harder to find.
}

DetachedProcess.Detach(paths.Log);
await using var state = HelperState.Restore(new HelperStore(paths.State));
using var server = new HelperServer(paths, state);
await server.RunAsync();
return 0;
