using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Orchestrator.Protocol.Mapping;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Protocol.Tests;

/// <summary>Fills every field of a message with something of its own and sends it through Model and back.</summary>
public sealed class ObjectsTests
{
    [Fact]
    public void A_node_survives_the_round_trip_in_every_field() => Check(new P.Node(), n => n.ToModel().ToProto());

    [Fact]
    public void A_service_survives_the_round_trip_in_every_field()
    {
        Check(new P.Service(), s => s.ToModel().ToProto());
        Check(new P.ServiceSpec { Global = new() }, s => s.ToModel().ToProto(), fill: false);
    }

    [Fact]
    public void A_task_survives_the_round_trip_in_every_field() => Check(new P.Task(), t => t.ToModel().ToProto());

    [Fact]
    public void A_network_survives_the_round_trip_in_every_field_that_is_stored() =>
        Check(new P.Network(), n =>
        {
            var again = n.ToModel().ToProto();
            again.Keys.Add(n.Keys); // Of assignments alone: what is stored has them in the cluster.
            return again;
        });

    [Fact]
    public void A_cluster_survives_the_round_trip_in_every_field() =>
        Check(new P.Cluster(), c => c.ToModel().ToProto());

    [Fact]
    public void What_the_registry_names_survives_the_round_trip_in_every_field()
    {
        Check(new P.RepositoryManifest(), m => m.ToModel().ToProto());
        Check(new P.RepositoryTag(), t => t.ToModel().ToProto());
        Check(new P.RegistryLogin(), l => l.ToModel().ToProto());
        Check(new P.RegistryState(), r => r.ToModel().ToProto());
    }

    [Fact]
    public void A_secret_survives_the_round_trip_in_every_field() => Check(new P.Payload(), p => p.ToModel().ToProto());

    [Fact]
    public void Empty_objects_become_models_without_an_exception()
    {
        _ = new P.Node().ToModel();
        _ = new P.Task().ToModel();
        _ = new P.Cluster().ToModel();
        _ = new P.Service { Spec = new() }.ToModel();
        _ = new P.Network { Spec = new() }.ToModel();
    }

    [Fact]
    public void Specs_decoded_twice_are_the_same()
    {
        var proto = new P.TaskSpec();
        Filler.Fill(proto);

        Assert.True(proto.ToModel().SameAs(proto.ToModel()));
        Assert.False(proto.ToModel().SameAs(proto.ToModel() with { Networks = [] }));
    }

    private static void Check<T>(T message, Func<T, T> roundTrip, bool fill = true)
        where T : IMessage<T>
    {
        if (fill)
            Filler.Fill(message);
        else
            Filler.FillAbsent(message);

        Assert.Equal(message.ToString(), roundTrip(message).ToString());
    }
}

internal static class Filler
{
    public static void Fill(IMessage message, int depth = 0)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.RealContainingOneof is { } oneof && oneof.Fields[0] != field)
                continue;
            Set(message, field, depth);
        }
    }

    public static void FillAbsent(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.RealContainingOneof is null)
                Set(message, field, 0);
        }
    }

    private static void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
            map[$"key-{field.FieldNumber}"] = Value(field.MessageType.FindFieldByNumber(2), depth);
        }
        else if (field.IsRepeated)
        {
            ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Value(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private static object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => $"{field.Name}-{field.FieldNumber}",
        FieldType.Bool => true,
        FieldType.UInt32 => 3000u + (uint)field.FieldNumber,
        FieldType.Fixed32 => 4000u + (uint)field.FieldNumber,
        FieldType.Int32 => 1000 + field.FieldNumber,
        FieldType.Int64 => 100_000L + field.FieldNumber,
        FieldType.UInt64 => 200_000UL + (ulong)field.FieldNumber,
        FieldType.Float => 0.25f,
        FieldType.Bytes => ByteString.CopyFromUtf8(field.Name),
        FieldType.Enum => field.EnumType.Values[^1].Number,
        FieldType.Message => Message(field.MessageType, depth),
        _ => throw new NotSupportedException($"{field.FullName}: teach the filler {field.FieldType}"),
    };

    private static IMessage Message(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        if (type.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal))
            type.FindFieldByNumber(1).Accessor.SetValue(message, 7L + depth);
        else
            Fill(message, depth + 1);
        return message;
    }
}
