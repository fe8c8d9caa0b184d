/* One fused E+M pass by hand: what a compiler makes of the same blocks, the yardstick of speed.py. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 1024
#define CHUNK 4096
#define EACH for (long i = 0; i < count; i++)

/* The samples of a block: feature a of sample i is x[a * n + i]. */
typedef struct {
    const float *x;
    long n, count;
    int d;
} Samples;

static void subtract_four(Samples s, int a, const float *c, const float *f, float *restrict z,
                          float *restrict out) {
    const long n = s.n, count = s.count;
    const int d = s.d;
    float *restrict z0 = z, *restrict z1 = z + BLOCK, *restrict z2 = z + 2 * BLOCK,
                    *restrict z3 = z + 3 * BLOCK;
    memset(z, 0, sizeof(float) * 4 * BLOCK);
    const float *g = f + a * d;
    for (int b = 0; b < a; b += 4) {
        const float *x = s.x + b * n, *m = c + b, *h = g + b;
        EACH {
            float d0 = x[i] - m[0], d1 = x[n + i] - m[1], d2 = x[2 * n + i] - m[2],
                  d3 = x[3 * n + i] - m[3];
            z0[i] += h[0] * d0 + h[1] * d1 + h[2] * d2 + h[3] * d3;
            z1[i] += h[d] * d0 + h[d + 1] * d1 + h[d + 2] * d2 + h[d + 3] * d3;
            z2[i] += h[2 * d] * d0 + h[2 * d + 1] * d1 + h[2 * d + 2] * d2 + h[2 * d + 3] * d3;
            z3[i] += h[3 * d] * d0 + h[3 * d + 1] * d1 + h[3 * d + 2] * d2 + h[3 * d + 3] * d3;
        }
    }
    const float *x = s.x + a * n, *m = c + a, *h = g + a;
    EACH {
        float d0 = x[i] - m[0], d1 = x[n + i] - m[1], d2 = x[2 * n + i] - m[2],
              d3 = x[3 * n + i] - m[3];
        float y0 = z0[i] + h[0] * d0, y1 = z1[i] + h[d] * d0 + h[d + 1] * d1,
              y2 = z2[i] + h[2 * d] * d0 + h[2 * d + 1] * d1 + h[2 * d + 2] * d2,
              y3 = z3[i] + h[3 * d] * d0 + h[3 * d + 1] * d1 + h[3 * d + 2] * d2
                   + h[3 * d + 3] * d3;
        out[i] -= 0.5f * (y0 * y0 + y1 * y1 + y2 * y2 + y3 * y3);
    }
}

static void subtract_one(Samples s, int a, int from, const float *c, const float *f,
                         float *restrict z, float *restrict out) {
    const long n = s.n, count = s.count;
    memset(z, 0, sizeof(float) * BLOCK);
    for (int b = from; b <= a; b++) {
        const float *x = s.x + b * n, m = c[b], h = f[a * s.d + b];
        EACH z[i] += h * (x[i] - m);
    }
    EACH out[i] -= 0.5f * z[i] * z[i];
}

static void log_joint(Samples s, const float *c, const float *f, float constant, int is_diagonal,
                      float *restrict out, float *restrict z) {
    const float *x = s.x;
    const long n = s.n, count = s.count;
    const int d = s.d;
    if (d == 1) {
        const float c0 = c[0], f00 = f[0];
        EACH {
            float z0 = f00 * (x[i] - c0);
            out[i] = constant - 0.5f * z0 * z0;
        }
    } else if (d == 2) {
        const float c0 = c[0], c1 = c[1], f00 = f[0], f10 = f[2], f11 = f[3];
        EACH {
            float d0 = x[i] - c0, d1 = x[n + i] - c1;
            float z0 = f00 * d0, z1 = f10 * d0 + f11 * d1;
            out[i] = constant - 0.5f * (z0 * z0 + z1 * z1);
        }
    } else if (d == 3) {
        const float c0 = c[0], c1 = c[1], c2 = c[2];
        const float f00 = f[0], f10 = f[3], f11 = f[4], f20 = f[6], f21 = f[7], f22 = f[8];
        EACH {
            float d0 = x[i] - c0, d1 = x[n + i] - c1, d2 = x[2 * n + i] - c2;
            float z0 = f00 * d0, z1 = f10 * d0 + f11 * d1, z2 = f20 * d0 + f21 * d1 + f22 * d2;
            out[i] = constant - 0.5f * (z0 * z0 + z1 * z1 + z2 * z2);
        }
    } else {
        const int fours = is_diagonal ? 0 : d / 4 * 4;
        EACH out[i] = constant;
        for (int a = 0; a < fours; a += 4) subtract_four(s, a, c, f, z, out);
        for (int a = fours; a < d; a++) subtract_one(s, a, is_diagonal ? a : 0, c, f, z, out);
    }
}

static void add_four(Samples s, int a, const float *c, const float *restrict r, double *sums) {
    const long n = s.n, count = s.count;
    double *second = sums + 1 + s.d;
    for (int b = 0; b <= a; b += 4) {
        const float *x = s.x + a * n, *u = s.x + b * n, *m = c + a, *v = c + b;
        float q[16] = {0}, t[4] = {0};
        float q0 = 0, q1 = 0, q2 = 0, q3 = 0, q4 = 0, q5 = 0, q6 = 0, q7 = 0, q8 = 0, q9 = 0,
              qa = 0, qb = 0, qc = 0, qd = 0, qe = 0, qf = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        EACH {
            float y0 = r[i] * (x[i] - m[0]), y1 = r[i] * (x[n + i] - m[1]),
                  y2 = r[i] * (x[2 * n + i] - m[2]), y3 = r[i] * (x[3 * n + i] - m[3]);
            float d0 = u[i] - v[0], d1 = u[n + i] - v[1], d2 = u[2 * n + i] - v[2],
                  d3 = u[3 * n + i] - v[3];
            q0 += y0 * d0; q1 += y0 * d1; q2 += y0 * d2; q3 += y0 * d3;
            q4 += y1 * d0; q5 += y1 * d1; q6 += y1 * d2; q7 += y1 * d3;
            q8 += y2 * d0; q9 += y2 * d1; qa += y2 * d2; qb += y2 * d3;
            qc += y3 * d0; qd += y3 * d1; qe += y3 * d2; qf += y3 * d3;
            t0 += y0; t1 += y1; t2 += y2; t3 += y3;
        }
        memcpy(q, (float[]){q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, qa, qb, qc, qd, qe, qf}, 64);
        memcpy(t, (float[]){t0, t1, t2, t3}, 16);
        for (int j = 0; j < 4; j++) {
            double *row = second + (a + j) * (a + j + 1) / 2 + b;
            for (int k = 0; k < 4 && b + k <= a + j; k++) row[k] += q[4 * j + k];
            if (b == a) sums[1 + a + j] += t[j];
        }
    }
}

static void add_one(Samples s, int a, int is_diagonal, const float *c, const float *restrict r,
                    float *restrict y, double *sums) {
    const long n = s.n, count = s.count;
    const float *x = s.x + a * n, m = c[a];
    double *row = sums + 1 + s.d + (is_diagonal ? a : a * (a + 1) / 2);
    float t = 0;
    EACH { y[i] = r[i] * (x[i] - m); t += y[i]; }
    sums[1 + a] += t;
    for (int b = is_diagonal ? a : 0; b <= a; b++) {
        const float *u = s.x + b * n, v = c[b];
        float q = 0;
        EACH q += y[i] * (u[i] - v);
        *row++ += q;
    }
}

static void add_three(Samples s, const float *c, const float *restrict r, double *sums) {
    const float *x = s.x, c0 = c[0], c1 = c[1], c2 = c[2];
    const long n = s.n, count = s.count;
    float s0 = 0, s1 = 0, s2 = 0, q00 = 0, q10 = 0, q11 = 0, q20 = 0, q21 = 0, q22 = 0;
    EACH {
        float d0 = x[i] - c0, d1 = x[n + i] - c1, d2 = x[2 * n + i] - c2;
        float y0 = r[i] * d0, y1 = r[i] * d1, y2 = r[i] * d2;
        s0 += y0; s1 += y1; s2 += y2;
        q00 += y0 * d0; q10 += y1 * d0; q11 += y1 * d1;
        q20 += y2 * d0; q21 += y2 * d1; q22 += y2 * d2;
    }
    const float all[9] = {s0, s1, s2, q00, q10, q11, q20, q21, q22};
    for (int j = 0; j < 9; j++) sums[1 + j] += all[j];
}

static void add_two(Samples s, const float *c, const float *restrict r, double *sums) {
    const float *x = s.x, c0 = c[0], c1 = c[1];
    const long n = s.n, count = s.count;
    float s0 = 0, s1 = 0, q00 = 0, q10 = 0, q11 = 0;
    EACH {
        float d0 = x[i] - c0, d1 = x[n + i] - c1;
        float y0 = r[i] * d0, y1 = r[i] * d1;
        s0 += y0; s1 += y1;
        q00 += y0 * d0; q10 += y1 * d0; q11 += y1 * d1;
    }
    const float all[5] = {s0, s1, q00, q10, q11};
    for (int j = 0; j < 5; j++) sums[1 + j] += all[j];
}

static void add_only(Samples s, const float *c, const float *restrict r, double *sums) {
    const float *x = s.x, c0 = c[0];
    const long count = s.count;
    float s0 = 0, q00 = 0;
    EACH {
        float d0 = x[i] - c0, y0 = r[i] * d0;
        s0 += y0;
        q00 += y0 * d0;
    }
    sums[1] += s0;
    sums[2] += q00;
}

static void add_moments(Samples s, int is_diagonal, const float *c, const float *restrict r,
                        float *restrict y, double *sums) {
    const long count = s.count;
    const int fours = is_diagonal ? 0 : s.d / 4 * 4;
    float m = 0;
    EACH m += r[i];
    sums[0] += m;
    if (s.d == 1) { add_only(s, c, r, sums); return; }
    if (s.d == 2) { add_two(s, c, r, sums); return; }
    if (s.d == 3) { add_three(s, c, r, sums); return; }
    for (int a = 0; a < fours; a += 4) add_four(s, a, c, r, sums);
    for (int a = fours; a < s.d; a++) add_one(s, a, is_diagonal, c, r, y, sums);
}

static void block(Samples s, int k, int is_diagonal, long moments, const float *w, const float *c,
                  const float *f, const float *constants, float *work, double *sums) {
    float *joint = work, *top = joint + k * BLOCK, *total = top + BLOCK, *z = total + BLOCK;
    const long count = s.count;
    const int d = s.d;
    for (int j = 0; j < k; j++)
        log_joint(s, c + j * d, f + j * d * d, constants[j], is_diagonal, joint + j * BLOCK, z);
    EACH { top[i] = joint[i]; total[i] = 0; }
    for (int j = 1; j < k; j++)
        EACH top[i] = joint[j * BLOCK + i] > top[i] ? joint[j * BLOCK + i] : top[i];
    for (int j = 0; j < k; j++) {
        float *restrict row = joint + j * BLOCK;
        EACH { row[i] = expf(row[i] - top[i]); total[i] += row[i]; }
    }
    float likelihood = 0;
    EACH {
        likelihood += w[i] * (top[i] + logf(total[i]));
        total[i] = w[i] / total[i];
    }
    sums[0] += likelihood;
    for (int j = 0; j < k; j++) {
        float *restrict row = joint + j * BLOCK;
        EACH row[i] *= total[i];
        add_moments(s, is_diagonal, c + j * d, row, z, sums + 1 + j * moments);
    }
}

/* Row-major arrays as the program's kernels take them, for natural logarithms; sums is
   (chunks, 1 + k * moments). */
void em_sums(long n, int d, int k, int is_diagonal, long moments, const float *x, const float *w,
             const float *c, const float *f, const float *constants, double *sums) {
    long chunks = (n + CHUNK - 1) / CHUNK, width = 1 + k * moments;
    memset(sums, 0, sizeof(double) * chunks * width);
#pragma omp parallel
    {
        float *work = aligned_alloc(64, sizeof(float) * BLOCK * (k + 6));
#pragma omp for schedule(static)
        for (long chunk = 0; chunk < chunks; chunk++)
            for (long i = chunk * CHUNK; i < n && i < (chunk + 1) * CHUNK; i += BLOCK) {
                Samples s = {x + i, n, n - i < BLOCK ? n - i : BLOCK, d};
                block(s, k, is_diagonal, moments, w + i, c, f, constants, work,
                      sums + chunk * width);
            }
        free(work);
    }
}
