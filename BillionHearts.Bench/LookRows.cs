using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace BillionHearts.Bench;

/// <summary>
/// Embeddings for the rows of <see cref="ImageRows"/>, of one user: 300 subjects, and each image is of one of them, more or less like the others. That is more
/// alike than a library is, so more images are in the cells that a search looks into.
/// </summary>
internal static class LookRows
{
    private const int Subjects = 300;

    public static async Task FillAsync(NpgsqlDataSource database, int images, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var subjects = Enumerable.Range(0, Subjects).Select(_ => Draw(random)).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        await using (var rows = await connection.BeginBinaryImportAsync(
            "COPY image_looks (image_id, user_id, version, model, cell, code, embedding) FROM STDIN (FORMAT binary)", cancellationToken))
        {
            for (var number = 0; number < images; number++)
            {
                var embedding = Blend(subjects[random.Next(Subjects)], Draw(random), 0.6 * random.NextDouble());
                await rows.StartRowAsync(cancellationToken);
                await rows.WriteAsync(ImageRows.FirstId + number, NpgsqlDbType.Bigint, cancellationToken);
                await rows.WriteAsync(ImageRows.FirstId, NpgsqlDbType.Bigint, cancellationToken);
                await rows.WriteAsync(1, NpgsqlDbType.Integer, cancellationToken);
                await rows.WriteAsync("resnet18/1", NpgsqlDbType.Varchar, cancellationToken);
                await rows.WriteAsync(LookCode.Cell(embedding), NpgsqlDbType.Smallint, cancellationToken);
                await rows.WriteAsync(LookCode.Of(embedding), NpgsqlDbType.Bit, cancellationToken);
                await rows.WriteAsync(embedding, NpgsqlDbType.Bytea, cancellationToken);
            }

            await rows.CompleteAsync(cancellationToken);
        }

        await using var vacuum = new NpgsqlCommand("VACUUM ANALYZE image_looks", connection) { CommandTimeout = 0 };
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
    }

    // Many small features and few large ones, as the model gives.
    private static byte[] Draw(Random random) => [.. Enumerable.Range(0, ImageRecognition.Features).Select(_ => (byte)(255 * Math.Pow(random.NextDouble(), 4)))];

    private static byte[] Blend(byte[] one, byte[] other, double share) => [.. one.Zip(other, (a, b) => (byte)((a * (1 - share)) + (b * share)))];
}
