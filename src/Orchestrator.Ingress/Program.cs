using Orchestrator.Ingress;
using Orchestrator.Linux;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Proxying;

// orch-ingress: what of the ingress a kernel's tables cannot do. HTTP by host and path, TLS, and connections that begin
// with a header of the PROXY protocol. Like orch-net it outlives orchd, so that no connection hangs on that.
if (args is not ["--root", var root])
{
    Console.Error.WriteLine("orch-ingress is started by orchd: orch-ingress --root FOLDER");
    return 2;
}

var folder = new ProxyFolder(Path.GetFullPath(root));
folder.Create();
using var soleOwner = await TakeAsync(folder.Lock);
if (soleOwner is null)
    return 0; // Another one serves this folder.

DetachedProcess.Detach(folder.Log);
await using var ingress = new IngressServer(folder);
await ingress.RunAsync();
return 0;

// The daemon tries the lock, too, to see whether anybody has it: that is over at once.
static async Task<SoleOwner?> TakeAsync(string path)
{
    for (var attempt = 1; ; attempt++)
    {
        if (SoleOwner.TryTake(path) is { } owner)
            return owner;
        if (attempt == 5)
            return null;
        await Task.Delay(20);
    }
}
