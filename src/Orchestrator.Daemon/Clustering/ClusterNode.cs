using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Model;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Init, join and leave; holds the membership while there is one.</summary>
internal sealed class ClusterNode(ClusterPaths paths, MembershipServices services, ILogger<ClusterNode> logger)
    : IClusterNode
{
    /// <summary>How long init and join wait until the node is what was asked for.</summary>
    private static readonly TimeSpan ActivationTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long a call waits for a manager that is just starting.</summary>
    private static readonly TimeSpan ManagerPatience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Membership? membership;
    private volatile string loadError = "";

    /// <summary>Address or interface to advertise for an init or join that names none; empty: one is chosen.</summary>
    public string DefaultAdvertise { get; init; } = "";

    /// <summary>Raised with the new membership, or null after a leave.</summary>
    public event Action<Membership?>? Changed;

    public Membership? Membership => membership;

    /// <summary>Faults with the membership: the process should end, and its successor take the membership up.</summary>
    public Task Broken => broken.Task;

    public ClusterNodeInfo Info => membership is not { } member
        ? new()
        {
            State = loadError.Length > 0 ? ClusterNodeState.Error : ClusterNodeState.Inactive, Error = loadError,
        }
        : new()
        {
            State = member.IsManager && member.Manager is null ? ClusterNodeState.Pending : ClusterNodeState.Active,
            NodeId = member.State.NodeId,
            ClusterId = member.State.ClusterId,
            NodeAddress = member.State.AdvertiseAddress,
            IsManager = member.IsManager,
            Error = member.Error,
            Managers = [.. member.State.Managers.Select(a => new RemoteManager("", a))],
        };

    public async Task<CallInvoker?> ControlAsync()
    {
        var until = services.Time.GetUtcNow() + ManagerPatience;
        // One that cannot start says why, and is not waited for.
        while (membership is { IsManager: true, Manager: null, Error: "" } && services.Time.GetUtcNow() < until)
            await Task.Delay(TimeSpan.FromMilliseconds(20), services.Time).ConfigureAwait(false);
        return membership is { Manager: not null } member
            ? member.Channels.Channel(member.State.ManagerAddress).CreateCallInvoker()
            : null;
    }

    /// <summary>Takes up the membership that the disk tells of.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (ClusterState.TryLoad(paths.State) is { } state
                && Clustering.Membership.OpenIdentities(paths).Load() is { } identity)
            {
                Begin(state, identity);
            }
            else if (Directory.Exists(paths.Root) && !File.Exists(paths.State))
            {
                // An init, join or leave that a crash broke off.
                await TasksOfCluster.RemoveAsync(services, cancellationToken).ConfigureAwait(false);
                Directory.Delete(paths.Root, recursive: true);
            }
        }
        catch (Exception e) when (e is UserException or System.Text.Json.JsonException or IOException
            or UnauthorizedAccessException or Google.Protobuf.InvalidProtocolBufferException
            or Network.NetworkException or Engine.EngineException)
        {
            // The engine still serves; `orch info` tells what is wrong.
            loadError = e.Message;
            logger.MembershipDamaged(e.Message);
        }
    }

    public async Task StopAsync()
    {
        if (membership is { } member)
            await member.DisposeAsync().ConfigureAwait(false);
    }

    public async Task<string> InitAsync(ClusterInit request, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RefuseSecondMembership();
            var now = services.Time.GetUtcNow();
            var (advertise, listen, dataPath, port) = Resolve(
                request.AdvertiseAddress, request.ListenAddress, request.DataPathAddress, null);
            using var root = RootAuthority.Create(now);
            var self = new PeerIdentity(new(Identifier.New()), NodeRole.Manager, new(Identifier.New()));
            var identity = NodeIdentity.CreateFirst(root, self, request.Spec.NodeCertificateExpiry, now);
            var state = new ClusterState
            {
                NodeId = self.Id.Value,
                ClusterId = self.Cluster.Value,
                ListenAddress = listen,
                AdvertiseAddress = advertise,
                DataPathAddress = dataPath,
                Port = port,
                Managers = [Addresses.Join(advertise, port)],
                Founding = true,
            };
            await EnterAsync(state, identity, Prepare, cancellationToken).ConfigureAwait(false);
            services.Alone.GiveAwayTo(membership!.Manager!.Registry);
            return state.NodeId;

            void Prepare()
            {
                Clustering.Founding.Save(paths, root, self, request, services.Describer.Describe());
                RegistryFolders.Found(paths, services.Alone.Root);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    public async Task JoinAsync(EngineApi.Swarm.ClusterJoin request, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RefuseSecondMembership();
            var token = JoinToken.Parse(request.Token);
            var remotes = request.RemoteAddresses.Select(Addresses.WithPort).ToList();
            if (remotes.Count == 0)
            {
                throw new UserException(
                    ErrorCode.InvalidArgument, "no manager to join was named.", "Add its address: orch swarm join --token TOKEN HOST:2377");
            }

            var (advertise, listen, dataPath, port) = Resolve(
                request.AdvertiseAddress, request.ListenAddress, request.DataPathAddress, remotes[0]);
            var identity = await IdentityFromAsync(remotes, token, request.Availability, cancellationToken)
                .ConfigureAwait(false);
            var state = new ClusterState
            {
                NodeId = identity.Id.Value,
                ClusterId = identity.Cluster.Value,
                ListenAddress = listen,
                AdvertiseAddress = advertise,
                DataPathAddress = dataPath,
                Port = port,
                Managers = remotes,
            };
            await EnterAsync(state, identity, () => { }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    public async Task LeaveAsync(bool force, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var member = membership;
            if (member is null && (loadError.Length == 0 || !force))
                throw NothingToLeave();
            if (member is not null)
                await EndAsync(member, force, cancellationToken).ConfigureAwait(false);
            // From here on there is no way back, and a caller that hangs up changes nothing.
            File.Delete(paths.State);
            Linux.Files.DurableFile.SyncDirectory(paths.Root);
            await TasksOfCluster.RemoveAsync(services, CancellationToken.None).ConfigureAwait(false);
            Directory.Delete(paths.Root, recursive: true);
            RegistryFolders.Delete(paths, services.Node.Images.Content);
            loadError = "";
        }
        finally
        {
            changing.Release();
        }
    }

    private UserException NothingToLeave() => loadError.Length == 0
        ? new(ErrorCode.NoQuorum, "This node is not part of a swarm.", "There is nothing to leave.")
        : new(
            ErrorCode.NoQuorum, $"the membership on disk is unusable: {loadError}",
            "Leave by force: orch swarm leave --force");

    private async Task EndAsync(Membership member, bool force, CancellationToken cancellationToken)
    {
        if (member.IsManager && !force)
            throw Refusal(member);
        if (member.Manager is { } manager)
            await manager.TryLeaveRaftAsync(cancellationToken).ConfigureAwait(false);
        membership = null;
        Changed?.Invoke(null);
        await member.DisposeAsync().ConfigureAwait(false); // Before the delete: a session would save its state again.
    }

    private void RefuseSecondMembership()
    {
        if (membership is not null || loadError.Length > 0)
        {
            throw new UserException(
                ErrorCode.NoQuorum,
                "This node is already part of a swarm.", "Leave it first: orch swarm leave");
        }
    }

    /// <summary>Writes the new membership, begins it and waits until it stands; undoes it all when it does not.</summary>
    private async Task EnterAsync(
        ClusterState state, NodeIdentity identity, Action prepare, CancellationToken cancellationToken)
    {
        if (Directory.Exists(paths.Root))
            Directory.Delete(paths.Root, recursive: true); // Of an init or join that a crash broke off.
        Directory.CreateDirectory(
            paths.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            prepare();
            Clustering.Membership.OpenIdentities(paths).Save(identity);
            state.Save(paths.State); // Last: what makes a later start take it up.
            await WaitActiveAsync(Begin(state, identity), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (membership is { } half)
            {
                if (half.Manager is { } joined)
                    await joined.TryLeaveRaftAsync(CancellationToken.None).ConfigureAwait(false);
                await half.DisposeAsync().ConfigureAwait(false);
            }

            membership = null;
            Changed?.Invoke(null);
            Directory.Delete(paths.Root, recursive: true);
            RegistryFolders.Delete(paths, services.Node.Images.Content);
            throw;
        }
    }

    private Membership Begin(ClusterState state, NodeIdentity identity)
    {
        var member = new Membership(paths, state, identity, services);
        membership = member;
        member.Start();
        _ = member.Completion.ContinueWith(
            ended => broken.TrySetException(ended.Exception!.InnerExceptions), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        Changed?.Invoke(member);
        return member;
    }

    private async Task WaitActiveAsync(Membership member, CancellationToken cancellationToken)
    {
        var deadline = services.Time.GetUtcNow() + ActivationTimeout;
        while (!member.IsActive)
        {
            if (services.Time.GetUtcNow() > deadline)
            {
                throw new UserException(
                    ErrorCode.Unavailable,
                    $"Timeout was reached before node joined. {member.Error}".TrimEnd(),
                    $"Check that this node reaches the managers ({string.Join(", ", member.State.Managers)}) and they it at {member.State.ManagerAddress}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<NodeIdentity> IdentityFromAsync(
        List<string> remotes, JoinToken token, NodeAvailability availability, CancellationToken cancellationToken)
    {
        UserException? last = null;
        foreach (var address in remotes)
        {
            try
            {
                var join = new Security.ClusterJoin(
                    handler => new CertificateClient(address, handler, availability), services.Time);
                return await join.JoinAsync(token, cancellationToken).ConfigureAwait(false);
            }
            catch (UserException e) when (e.Code == ErrorCode.Unavailable)
            {
                last = e;
            }
        }

        throw last!;
    }

    private static UserException Refusal(Membership member)
    {
        var managers = member.Manager?.CountManagers() ?? 0;
        return new UserException(
            ErrorCode.NoQuorum,
            managers == 1
                ? "You are attempting to leave the swarm on a node that is participating as a manager. "
                    + "Removing the last manager erases all current state of the swarm."
                : "You are attempting to leave the swarm on a node that is participating as a manager. "
                    + $"The swarm has {managers} managers.",
            "Demote it first (orch node demote self), or leave all the same: orch swarm leave --force");
    }

    private (string Advertise, string Listen, string DataPath, int Port) Resolve(
        string advertise, string listen, string dataPath, string? towards)
    {
        if (advertise.Length == 0)
            advertise = DefaultAdvertise;
        var (listenHost, listenPort) = Addresses.Split(listen);
        var (advertiseHost, advertisePort) = Addresses.Split(advertise);
        var port = advertise.Length > 0 && advertisePort != Addresses.DefaultPort ? advertisePort : listenPort;
        var address = advertiseHost is null && towards is not null
            ? Addresses.Towards(towards)
            : Addresses.Resolve(advertiseHost, "--advertise-addr");
        var bind = listenHost switch
        {
            null or "0.0.0.0" => Addresses.Everywhere(address),
            "::" => listenHost,
            _ => Addresses.ResolveLocal(listenHost, "--listen-addr"),
        };
        return (address, Addresses.Join(bind, listenPort),
            dataPath.Length > 0 ? Addresses.ResolveLocal(dataPath, "--data-path-addr") : address, port);
    }
}
