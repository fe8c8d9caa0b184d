/* One fused E+M pass by hand: what a compiler makes of the same blocks, the yardstick of speed.py. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512
#define CHUNK 4096

static void log_joint(const float *x, long n, long count, int d, const float *c, const float *f,
                      float constant, float *restrict out, float *restrict gaps, float *restrict z) {
    if (d == 1) {
        const float c0 = c[0], f00 = f[0];
        for (long i = 0; i < count; i++) {
            float z0 = f00 * (x[i] - c0);
            out[i] = constant - 0.5f * z0 * z0;
        }
    } else if (d == 2) {
        const float c0 = c[0], c1 = c[1], f00 = f[0], f10 = f[2], f11 = f[3];
        for (long i = 0; i < count; i++) {
            float d0 = x[i] - c0, d1 = x[n + i] - c1;
            float z0 = f00 * d0, z1 = f10 * d0 + f11 * d1;
            out[i] = constant - 0.5f * (z0 * z0 + z1 * z1);
        }
    } else if (d == 3) {
        const float c0 = c[0], c1 = c[1], c2 = c[2];
        const float f00 = f[0], f10 = f[3], f11 = f[4], f20 = f[6], f21 = f[7], f22 = f[8];
        for (long i = 0; i < count; i++) {
            float d0 = x[i] - c0, d1 = x[n + i] - c1, d2 = x[2 * n + i] - c2;
            float z0 = f00 * d0, z1 = f10 * d0 + f11 * d1, z2 = f20 * d0 + f21 * d1 + f22 * d2;
            out[i] = constant - 0.5f * (z0 * z0 + z1 * z1 + z2 * z2);
        }
    } else {
        for (int a = 0; a < d; a++)
            for (long i = 0; i < count; i++) gaps[a * BLOCK + i] = x[a * n + i] - c[a];
        for (long i = 0; i < count; i++) out[i] = constant;
        for (int a = 0; a < d; a++) {
            const float *row = f + a * d;
            int fours = (a + 1) / 4 * 4;
            for (long i = 0; i < count; i++) z[i] = 0;
            for (int b = 0; b < fours; b += 4) {
                const float *g = gaps + b * BLOCK, f0 = row[b], f1 = row[b + 1], f2 = row[b + 2],
                            f3 = row[b + 3];
                for (long i = 0; i < count; i++)
                    z[i] += f0 * g[i] + f1 * g[BLOCK + i] + f2 * g[2 * BLOCK + i]
                            + f3 * g[3 * BLOCK + i];
            }
            for (int b = fours; b <= a; b++) {
                const float *g = gaps + b * BLOCK, f0 = row[b];
                for (long i = 0; i < count; i++) z[i] += f0 * g[i];
            }
            for (long i = 0; i < count; i++) out[i] -= 0.5f * z[i] * z[i];
        }
    }
}

static void add_moments(const float *x, long n, long count, int d, const float *c,
                        const float *restrict r, float *restrict gaps, float *restrict y,
                        double *restrict sums) {
    if (d == 3) {
        const float c0 = c[0], c1 = c[1], c2 = c[2];
        float m = 0, s0 = 0, s1 = 0, s2 = 0, q00 = 0, q10 = 0, q11 = 0, q20 = 0, q21 = 0, q22 = 0;
        for (long i = 0; i < count; i++) {
            float d0 = x[i] - c0, d1 = x[n + i] - c1, d2 = x[2 * n + i] - c2;
            float y0 = r[i] * d0, y1 = r[i] * d1, y2 = r[i] * d2;
            m += r[i]; s0 += y0; s1 += y1; s2 += y2;
            q00 += y0 * d0; q10 += y1 * d0; q11 += y1 * d1;
            q20 += y2 * d0; q21 += y2 * d1; q22 += y2 * d2;
        }
        const float all[10] = {m, s0, s1, s2, q00, q10, q11, q20, q21, q22};
        for (int j = 0; j < 10; j++) sums[j] += all[j];
        return;
    }
    float m = 0;
    int place = 1 + d;
    for (int a = 0; a < d; a++)
        for (long i = 0; i < count; i++) gaps[a * BLOCK + i] = x[a * n + i] - c[a];
    for (long i = 0; i < count; i++) m += r[i];
    sums[0] += m;
    for (int a = 0; a < d; a++) {
        const float *ga = gaps + a * BLOCK;
        float s = 0;
        for (long i = 0; i < count; i++) { y[i] = r[i] * ga[i]; s += y[i]; }
        sums[1 + a] += s;
        int fours = (a + 1) / 4 * 4;
        for (int b = 0; b < fours; b += 4) {
            const float *g = gaps + b * BLOCK;
            float q0 = 0, q1 = 0, q2 = 0, q3 = 0;
            for (long i = 0; i < count; i++) {
                q0 += y[i] * g[i]; q1 += y[i] * g[BLOCK + i];
                q2 += y[i] * g[2 * BLOCK + i]; q3 += y[i] * g[3 * BLOCK + i];
            }
            sums[place] += q0; sums[place + 1] += q1; sums[place + 2] += q2; sums[place + 3] += q3;
            place += 4;
        }
        for (int b = fours; b <= a; b++) {
            const float *g = gaps + b * BLOCK;
            float q = 0;
            for (long i = 0; i < count; i++) q += y[i] * g[i];
            sums[place++] += q;
        }
    }
}

static void block(const float *x, long n, long count, int d, int k, const float *w, const float *c,
                  const float *f, const float *constants, float *work, double *sums) {
    float *joint = work, *top = joint + k * BLOCK, *total = top + BLOCK, *z = total + BLOCK,
          *gaps = z + BLOCK;
    int moments = 1 + d + d * (d + 1) / 2;
    for (int j = 0; j < k; j++)
        log_joint(x, n, count, d, c + j * d, f + j * d * d, constants[j], joint + j * BLOCK, gaps, z);
    for (long i = 0; i < count; i++) { top[i] = joint[i]; total[i] = 0; }
    for (int j = 1; j < k; j++)
        for (long i = 0; i < count; i++)
            top[i] = joint[j * BLOCK + i] > top[i] ? joint[j * BLOCK + i] : top[i];
    for (int j = 0; j < k; j++) {
        float *restrict row = joint + j * BLOCK;
        for (long i = 0; i < count; i++) { row[i] = expf(row[i] - top[i]); total[i] += row[i]; }
    }
    float likelihood = 0;
    for (long i = 0; i < count; i++) {
        likelihood += w[i] * (top[i] + logf(total[i]));
        total[i] = w[i] / total[i];
    }
    sums[0] += likelihood;
    for (int j = 0; j < k; j++) {
        float *restrict row = joint + j * BLOCK;
        for (long i = 0; i < count; i++) row[i] *= total[i];
        add_moments(x, n, count, d, c + j * d, row, gaps, z, sums + 1 + j * moments);
    }
}

/* Row-major arrays as the kernels of the program take them; sums is (chunks, 1 + k * moments). */
void em_sums(long n, int d, int k, const float *x, const float *w, const float *c, const float *f,
             const float *constants, double *sums) {
    long chunks = (n + CHUNK - 1) / CHUNK, width = 1 + k * (1 + d + d * (d + 1) / 2);
    memset(sums, 0, sizeof(double) * chunks * width);
#pragma omp parallel
    {
        float *work = aligned_alloc(64, sizeof(float) * BLOCK * (k + d + 4));
#pragma omp for schedule(static)
        for (long chunk = 0; chunk < chunks; chunk++)
            for (long i = chunk * CHUNK; i < n && i < (chunk + 1) * CHUNK; i += BLOCK)
                block(x + i, n, n - i < BLOCK ? n - i : BLOCK, d, k, w + i, c, f, constants, work,
                      sums + chunk * width);
        free(work);
    }
}
